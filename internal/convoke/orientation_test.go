// SPDX-License-Identifier: Apache-2.0

package convoke_test

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"testing"

	"github.com/convoke/convoke/internal/convoke"
)

// corners are the colours of a picture's quarters, from the upper left to the right and down.
var corners = [4]color.RGBA{{R: 255, A: 255}, {G: 255, A: 255}, {B: 255, A: 255}, {R: 255, G: 255, B: 255, A: 255}}

// held is a JPEG of four quarters with a camera's note of how it was held.
func held(t testing.TB, order binary.AppendByteOrder, mark string, note uint16) []byte {
	t.Helper()
	picture := image.NewRGBA(image.Rect(0, 0, 64, 64))
	for y := range 64 {
		for x := range 64 {
			picture.SetRGBA(x, y, corners[y/32*2+x/32])
		}
	}
	var plain bytes.Buffer
	if err := jpeg.Encode(&plain, picture, nil); err != nil {
		t.Fatal(err)
	}
	tiff := order.AppendUint32(order.AppendUint16([]byte(mark), 42), 8)
	tiff = order.AppendUint16(tiff, 2)
	for _, entry := range [][2]uint16{{0x0100, 64}, {0x0112, note}} {
		tiff = order.AppendUint16(order.AppendUint16(tiff, entry[0]), 3)
		tiff = order.AppendUint16(order.AppendUint16(order.AppendUint32(tiff, 1), entry[1]), 0)
	}
	segment := append([]byte("Exif\x00\x00"), order.AppendUint32(tiff, 0)...)
	head := binary.BigEndian.AppendUint16([]byte{0xff, 0xd8, 0xff, 0xe1}, uint16(len(segment)+2))
	return bytes.Join([][]byte{head, segment, plain.Bytes()[2:]}, nil)
}

func TestAPictureIsTurnedAsTheCameraWasHeld(t *testing.T) {
	t.Parallel()
	for note, want := range map[uint16][4]int{ // which quarter is seen where
		0: {0, 1, 2, 3}, 1: {0, 1, 2, 3}, 2: {1, 0, 3, 2}, 3: {3, 2, 1, 0}, 4: {2, 3, 0, 1},
		5: {0, 2, 1, 3}, 6: {2, 0, 3, 1}, 7: {3, 1, 2, 0}, 8: {1, 3, 0, 2}, 9: {0, 1, 2, 3},
	} {
		for mark, order := range map[string]binary.AppendByteOrder{"II": binary.LittleEndian, "MM": binary.BigEndian} {
			stored, err := convoke.NewPicture("name", held(t, order, mark, note))
			if err != nil {
				t.Fatal(err)
			}
			seen, err := jpeg.Decode(bytes.NewReader(stored.Bytes))
			if err != nil {
				t.Fatal(err)
			}
			for i, quarter := range want {
				at := image.Pt(16+i%2*32, 16+i/2*32)
				if got := seen.At(at.X, at.Y); !nearly(got, corners[quarter]) {
					t.Errorf("%s, held as %d: at %v is %v, want the colour of quarter %d", mark, note, at, got, quarter)
				}
			}
		}
	}
}

func nearly(a color.Color, b color.RGBA) bool {
	r, g, blue, _ := a.RGBA()
	near := func(x uint32, y uint8) bool { return max(x>>8, uint32(y))-min(x>>8, uint32(y)) < 16 }
	return near(r, b.R) && near(g, b.G) && near(blue, b.B)
}

func FuzzNewPicture(f *testing.F) {
	f.Add(held(f, binary.LittleEndian, "II", 6))
	f.Add(held(f, binary.BigEndian, "MM", 3)[:60])
	f.Fuzz(func(t *testing.T, file []byte) {
		if config, _, err := image.DecodeConfig(bytes.NewReader(file)); err == nil && config.Width*config.Height > 1<<16 {
			return // takes long, and shows nothing more
		}
		picture, err := convoke.NewPicture("name", file)
		if err == nil && len(picture.Bytes) == 0 {
			t.Error("an empty picture")
		}
	})
}

// SPDX-License-Identifier: Apache-2.0

package convoke_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"github.com/convoke/convoke/internal/convoke"
)

// halves is red on the left and blue on the right.
func halves(width, height int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			m.SetNRGBA(x, y, color.NRGBA{R: 255, A: 255})
			if x >= width/2 {
				m.SetNRGBA(x, y, color.NRGBA{B: 255, A: 255})
			}
		}
	}
	return m
}

func encoded(t *testing.T, encode func(*bytes.Buffer) error) []byte {
	t.Helper()
	var buffer bytes.Buffer
	if err := encode(&buffer); err != nil {
		t.Fatal(err)
	}
	return buffer.Bytes()
}

func asPNG(t *testing.T, m image.Image) []byte {
	t.Helper()
	return encoded(t, func(b *bytes.Buffer) error { return png.Encode(b, m) })
}

func TestAPictureIsASquareOfOurOwnWriting(t *testing.T) {
	t.Parallel()
	wide, seeThrough := halves(1300, 700), halves(600, 600)
	seeThrough.SetNRGBA(0, 0, color.NRGBA{})
	for name, c := range map[string]struct {
		file      []byte
		mediaType string
		side      int
	}{
		"wide PNG":  {asPNG(t, wide), "image/jpeg", 512},
		"JPEG":      {encoded(t, func(b *bytes.Buffer) error { return jpeg.Encode(b, halves(700, 1300), nil) }), "image/jpeg", 512},
		"GIF":       {encoded(t, func(b *bytes.Buffer) error { return gif.Encode(b, halves(100, 60), nil) }), "image/jpeg", 60},
		"clear PNG": {asPNG(t, seeThrough), "image/png", 512},
		"one pixel": {asPNG(t, halves(1, 1)), "image/jpeg", 1},
		"a line":    {asPNG(t, halves(3000, 1)), "image/jpeg", 1},
	} {
		picture, err := convoke.NewPicture("name", append(c.file, "<script>alert(1)</script>"...))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		m, format, err := image.Decode(bytes.NewReader(picture.Bytes))
		if err != nil || "image/"+format != c.mediaType || picture.MediaType != c.mediaType || picture.Name != "name" {
			t.Errorf("%s: %v, a %s, called %s", name, err, format, picture.MediaType)
			continue
		}
		if m.Bounds() != image.Rect(0, 0, c.side, c.side) {
			t.Errorf("%s: %v, want a square of %d", name, m.Bounds(), c.side)
		}
		if bytes.Contains(picture.Bytes, []byte("script")) {
			t.Errorf("%s: the bytes after the picture were kept", name)
		}
		if r, _, b, _ := m.At(c.side/5, c.side/2).RGBA(); c.side > 1 && (r < 0xe000 || b > 0x2000) {
			t.Errorf("%s: the left is %x %x, not red", name, r, b)
		}
		if r, _, b, _ := m.At(c.side*4/5, c.side/2).RGBA(); c.side > 1 && (b < 0xe000 || r > 0x2000) {
			t.Errorf("%s: the right is %x %x, not blue", name, r, b)
		}
	}
}

// claiming is a small PNG that says it is larger.
func claiming(t *testing.T, side uint32) []byte {
	t.Helper()
	file := asPNG(t, halves(4, 4))
	binary.BigEndian.PutUint32(file[16:], side)
	binary.BigEndian.PutUint32(file[20:], side)
	binary.BigEndian.PutUint32(file[29:], crc32.ChecksumIEEE(file[12:29]))
	return file
}

func TestWhatIsNoPictureIsRefused(t *testing.T) {
	t.Parallel()
	whole := asPNG(t, halves(50, 50))
	for name, c := range map[string]struct {
		file []byte
		says string
	}{
		"empty":     {nil, "empty"},
		"too big":   {append(whole, make([]byte, convoke.MaxPictureFile)...), "too big"},
		"text":      {[]byte("hello"), "not a picture"},
		"SVG":       {[]byte("<svg xmlns='http://www.w3.org/2000/svg'/>"), "not a picture"},
		"cut off":   {whole[:len(whole)-20], "damaged"},
		"bomb":      {claiming(t, 50_000), "16 million"},
		"huge bomb": {claiming(t, 1<<31-1), "not a picture"},
		"a lie":     {claiming(t, 4000), "damaged"},
	} {
		_, err := convoke.NewPicture("name", c.file)
		if !convoke.HasCode(err, convoke.CodeInvalidPicture) || !strings.Contains(convoke.AsError(err).Message, c.says) {
			t.Errorf("%s: %v, want a message with %q", name, err, c.says)
		}
	}
}

// manyScans is a progressive JPEG of so many pixels a side, all black, that goes
// over them so often. Each time has 35 bytes and costs as much as any other.
func manyScans(side uint16, times int) []byte {
	file := append([]byte{0xff, 0xd8, 0xff, 0xdb, 0, 67, 0}, bytes.Repeat([]byte{1}, 64)...)
	file = append(file, 0xff, 0xc2, 0, 11, 8, byte(side>>8), byte(side), byte(side>>8), byte(side), 1, 1, 0x11, 0)
	table := append([]byte{0xff, 0xc4, 0, 20, 0x10, 1}, make([]byte, 15)...)
	file = append(file, append(table, 0xe0)...) // one code of one bit: so many blocks are done, which 14 bits say
	for range times {
		file = append(file, 0xff, 0xda, 0, 8, 1, 1, 0, 1, 63, 0)
		file = append(file, 0x7f, 0xfe, 0xff, 0, 0xfd, 0xff, 0, 0xfb, 0xff, 0, 0xf7, 0xff, 0, 0xef, 0xff, 0, 0xdf, 0xff, 0, 0xbf, 0xff, 0, 0x7f, 0xff, 0)
	}
	return append(file, 0xff, 0xd9)
}

func TestASmallFileCannotTakeMinutes(t *testing.T) {
	t.Parallel()
	if _, err := convoke.NewPicture("name", manyScans(256, 20)); err != nil {
		t.Errorf("a picture that goes over few pixels 20 times: %v", err)
	}
	if _, err := convoke.NewPicture("name", manyScans(4096, 20)); !convoke.HasCode(err, convoke.CodeInvalidPicture) {
		t.Errorf("one of 16 million pixels: %v", err)
	}
}

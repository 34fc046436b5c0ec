// SPDX-License-Identifier: Apache-2.0

package convoke

import (
	"bytes"
	"encoding/binary"
	"image"
)

// orientation is how a picture has to be turned to be seen upright, as a camera
// notes it (Exif 2.3, tag Orientation): 1 as it is, 3 by half, 6 and 8 by a
// quarter, and the others mirrored as well.
type orientation uint16

const (
	upright        orientation = 1
	lastTurn       orientation = 8
	tagOrientation             = 0x0112
	typeShort                  = 3
	ifdEntry                   = 12 // bytes of an entry of TIFF's directory
)

// orientationOf reads the note in a JPEG; a file without one, or with one that
// makes no sense, is upright.
func orientationOf(jpeg []byte) orientation {
	const soi, app1, sos = 0xd8, 0xe1, 0xda
	if len(jpeg) < 4 || jpeg[0] != 0xff || jpeg[1] != soi {
		return upright
	}
	for rest := jpeg[2:]; len(rest) > 4 && rest[0] == 0xff && rest[1] != sos; {
		end := 2 + int(binary.BigEndian.Uint16(rest[2:]))
		if end < 4 || end > len(rest) {
			return upright
		}
		if tiff, is := bytes.CutPrefix(rest[4:end], []byte("Exif\x00\x00")); is && rest[1] == app1 {
			return orientationInTIFF(tiff)
		}
		rest = rest[end:]
	}
	return upright
}

// orientationInTIFF looks through the first directory (TIFF 6.0 section 2).
func orientationInTIFF(tiff []byte) orientation {
	var order binary.ByteOrder = binary.BigEndian
	if bytes.HasPrefix(tiff, []byte("II")) {
		order = binary.LittleEndian
	}
	if len(tiff) < 8 {
		return upright
	}
	start := int64(order.Uint32(tiff[4:]))
	if start+2 > int64(len(tiff)) {
		return upright
	}
	entries := tiff[start+2:]
	for range order.Uint16(tiff[start:]) {
		if len(entries) < ifdEntry {
			return upright
		}
		if order.Uint16(entries) == tagOrientation && order.Uint16(entries[2:]) == typeShort {
			if turn := orientation(order.Uint16(entries[8:])); turn >= upright && turn <= lastTurn {
				return turn
			}
			return upright
		}
		entries = entries[ifdEntry:]
	}
	return upright
}

// turn makes a square upright.
func (o orientation) turn(square *image.RGBA) *image.RGBA {
	if o == upright {
		return square
	}
	turned := image.NewRGBA(square.Bounds())
	last := square.Bounds().Dx() - 1
	for y := range last + 1 {
		for x := range last + 1 {
			from := o.source(x, y, last)
			turned.SetRGBA(x, y, square.RGBAAt(from.X, from.Y))
		}
	}
	return turned
}

// source is where in the square lies what is seen at x and y once it is turned.
func (o orientation) source(x, y, last int) image.Point {
	switch o {
	case 2:
		return image.Pt(last-x, y)
	case 3:
		return image.Pt(last-x, last-y)
	case 4:
		return image.Pt(x, last-y)
	case 5:
		return image.Pt(y, x)
	case 6:
		return image.Pt(y, last-x)
	case 7:
		return image.Pt(last-y, last-x)
	case lastTurn:
		return image.Pt(last-y, x)
	default:
		return image.Pt(x, y)
	}
}

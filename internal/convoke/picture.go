// SPDX-License-Identifier: Apache-2.0

package convoke

import (
	"bytes"
	"image"
	"image/color"
	_ "image/gif" // image.Decode reads a GIF's first frame
	"image/jpeg"
	"image/png"
)

// MaxPictureFile is the longest file that NewPicture takes, in bytes (POST
// /v2/users/{userId}/picture).
const MaxPictureFile = 2 << 20

const (
	maxPicturePixels = 16 << 20 // a small file can say that it is huge; this one takes at most 128 MiB
	// maxPictureScans is how often a JPEG of so many pixels may go over them; a
	// camera's goes ten times. Each time takes as long, however few bytes it has.
	maxPictureScans = 16
	pictureSide     = 512 // the longest side of what is stored
	pictureSamples  = 4   // how many points of a square are averaged, each way
	pictureQuality  = 90
)

// Picture is a user's picture as it is stored and served: a JPEG or PNG that
// Convoke itself has written, square, at most 512 pixels wide.
type Picture struct {
	Name      string // in {public}/pictures/{name}; nobody can guess it, and each picture has its own
	MediaType string
	Bytes     []byte
}

// PictureNotFound is that no picture has the name.
func PictureNotFound() error { return NotFound(CodePictureNotFound, "There is no such picture.") }

// PictureFile is that a file cannot become a picture, in a sentence.
func PictureFile(problem string) error {
	return Invalid(CodeInvalidPicture, "pic_file", "%s Send a JPEG, PNG or GIF of at most 2 MB.", problem)
}

// NewPicture makes a picture of what somebody uploaded, so that nothing of
// their bytes is ever served: it decodes the file, keeps the square in the
// middle, turns it as the camera was held, and writes that anew. CodeInvalidPicture says what is wrong with it.
func NewPicture(name string, file []byte) (Picture, error) {
	switch {
	case len(file) == 0:
		return Picture{}, PictureFile("The file is empty.")
	case len(file) > MaxPictureFile:
		return Picture{}, PictureFile("The file is too big.")
	}
	config, format, err := image.DecodeConfig(bytes.NewReader(file))
	if err != nil || config.Width < 1 || config.Height < 1 {
		return Picture{}, PictureFile("The file is not a picture.")
	}
	pixels := int64(config.Width) * int64(config.Height)
	if pixels > maxPicturePixels {
		return Picture{}, PictureFile("The picture has more than 16 million pixels.")
	}
	if format == "jpeg" && pixels*scans(file) > maxPicturePixels*maxPictureScans {
		return Picture{}, PictureFile("The picture is built up in too many steps.")
	}
	decoded, _, err := image.Decode(bytes.NewReader(file))
	if err != nil {
		return Picture{}, PictureFile("The picture is damaged.")
	}
	return encodePicture(name, orientationOf(file).turn(thumbnail(decoded)))
}

// scans counts how often a JPEG goes over its pixels: by the marker that begins a
// scan, which is nowhere in the data of one.
func scans(jpeg []byte) int64 { return int64(bytes.Count(jpeg, []byte{0xff, 0xda})) }

// encodePicture chooses the format: a JPEG knows no transparency.
func encodePicture(name string, square *image.RGBA) (Picture, error) {
	var buffer bytes.Buffer
	if square.Opaque() {
		err := jpeg.Encode(&buffer, square, &jpeg.Options{Quality: pictureQuality})
		return Picture{name, "image/jpeg", buffer.Bytes()}, err
	}
	err := png.Encode(&buffer, square)
	return Picture{name, "image/png", buffer.Bytes()}, err
}

// thumbnail is the square in the middle, not made larger.
func thumbnail(source image.Image) *image.RGBA {
	bounds := source.Bounds()
	side := min(bounds.Dx(), bounds.Dy())
	corner := bounds.Min.Add(image.Pt((bounds.Dx()-side)/2, (bounds.Dy()-side)/2))
	size := min(side, pictureSide)
	square := image.NewRGBA(image.Rect(0, 0, size, size))
	for y := range size {
		for x := range size {
			from := image.Rect(x*side/size, y*side/size, (x+1)*side/size, (y+1)*side/size)
			square.SetRGBA(x, y, average(source, from.Add(corner)))
		}
	}
	return square
}

// average is the mean colour of points spread over the area, which has at least one pixel.
func average(source image.Image, area image.Rectangle) color.RGBA {
	across, down := min(area.Dx(), pictureSamples), min(area.Dy(), pictureSamples)
	var sum [4]uint32
	for j := range down {
		for i := range across {
			r, g, b, a := source.At(area.Min.X+i*area.Dx()/across, area.Min.Y+j*area.Dy()/down).RGBA()
			sum[0], sum[1], sum[2], sum[3] = sum[0]+r, sum[1]+g, sum[2]+b, sum[3]+a
		}
	}
	for i := range sum {
		sum[i] = sum[i] / uint32(across*down) >> 8
	}
	return color.RGBA{uint8(sum[0]), uint8(sum[1]), uint8(sum[2]), uint8(sum[3])}
}

// SetPicture gives the user another picture, or none when picture is nil.
func SetPicture(u User, picture *Picture, m Mark) Change {
	after := u
	after.Picture = ""
	if picture != nil {
		after.Picture = picture.Name
	}
	change := m.change(u, after)
	if !change.addUpdated(m) {
		return Change{}
	}
	change.Picture = picture
	return change
}

// SPDX-License-Identifier: Apache-2.0

package convoke_test

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

var jpegHead = base64.StdEncoding.EncodeToString([]byte("\xff\xd8\xff rest of it"))

// offered is what a mapping of the attribute photo makes of its value.
func offered(t *testing.T, value string, each bool) convoke.Mapped {
	t.Helper()
	m := convoke.DefaultMapping()
	m.UpdateNames = each
	m.Rows = append(m.Rows, convoke.MappingRow{Attribute: "photo", Field: convoke.MapPicture})
	mapper, err := convoke.NewMapper(m)
	if err != nil {
		t.Fatal(err)
	}
	return mapper.Map(convoke.Assertion{Attributes: map[string][]string{"photo": {value}}})
}

func TestWhatAPictureMayBe(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		"https://people.example/ada.png?size=9": "https://people.example/ada.png?size=9",
		jpegHead:                                "a file of 14 bytes",
		jpegHead[:8] + "\r\n " + jpegHead[8:]:   "a file of 14 bytes",
		"data:image/jpeg;base64," + jpegHead:    "a file of 14 bytes",
		"data:image/png;base64,iVBORw0KGgo=":    "a file of 8 bytes",
		"R0lGODlh":                              "a file of 6 bytes",

		"http://people.example/ada.png":                      "",
		"file:///etc/passwd":                                 "",
		"https:///ada.png":                                   "",
		"https://user:secret@people.example/":                "",
		"https://people.example/a b":                         "",
		"https://people.example/" + strings.Repeat("a", 2e3): "",
		"data:image/svg+xml,<svg/>":                          "",
		"data:text/html;base64," + jpegHead:                  "",
		"data:image/jpeg;base64":                             "",
		"cGxhaW4gdGV4dA==":                                   "",
		"ada":                                                "",
		strings.Repeat("/9j/", convoke.MaxPictureFile/3+1):   "",
		strings.Repeat("/9j/", convoke.MaxPictureFile):       "",
	} {
		mapped := offered(t, value, false)
		if got := mapped.Values[convoke.MapPicture]; got != want || (want == "") != (len(mapped.Notes) == 1) {
			t.Errorf("%.60q is %q, %v", value, got, mapped.Notes)
		}
		if _, wanted := mapped.OfferedPicture(convoke.User{}, nil, time.Now()); wanted != (want != "") {
			t.Errorf("%.60q is to be taken: %v", value, wanted)
		}
	}
}

func TestWhenAPictureIsTaken(t *testing.T) {
	t.Parallel()
	now := time.Now()
	first, _ := offered(t, jpegHead, false).OfferedPicture(convoke.User{ID: "u"}, nil, now)
	settled, old := first, first
	settled.File, old.At = nil, now.Add(-48*time.Hour)
	for name, c := range map[string]struct {
		value  string
		each   bool
		has    string // the user's picture
		before *convoke.PictureOffer
		want   bool
	}{
		"the first":                       {value: jpegHead, want: true},
		"over one that is there":          {value: jpegHead, has: "p"},
		"over one, at each":               {value: jpegHead, has: "p", each: true, want: true},
		"another":                         {value: "R0lGODlh", before: &settled},
		"another, at each":                {value: "R0lGODlh", before: &settled, each: true, want: true},
		"another, at each, while pending": {value: "R0lGODlh", before: &first, each: true, want: true},
		"the same, at each":               {value: jpegHead, before: &settled, each: true},
		"the same, while pending":         {value: jpegHead, before: &first},
		"the same, pending for long":      {value: jpegHead, before: &old, want: true},
		"none":                            {value: "", each: true},
	} {
		offer, wanted := offered(t, c.value, c.each).OfferedPicture(convoke.User{ID: "u", Picture: c.has}, c.before, now)
		if wanted != c.want || wanted && (offer.UserID != "u" || !offer.At.Equal(now) || !offer.Pending()) {
			t.Errorf("%s: %v, %+v", name, wanted, offer)
		}
	}
}

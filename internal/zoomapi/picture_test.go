// SPDX-License-Identifier: Apache-2.0

package zoomapi_test

import (
	"bytes"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/zoom"
)

// upload sends a form whose part has the name and holds the file.
func (f *fixture) upload(as, user, part string, file []byte) (*http.Response, string) {
	f.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	must(f.t, form.WriteField("note", "before the file"))
	w, err := form.CreateFormFile(part, "me.png")
	must(f.t, err)
	_, err = w.Write(file)
	must(f.t, err)
	must(f.t, form.Close())
	return f.post(as, user, form.FormDataContentType(), body.Bytes())
}

func (f *fixture) post(as, user, contentType string, body []byte) (*http.Response, string) {
	f.t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/v2/users/"+user+"/picture", bytes.NewReader(body))
	r.Header.Set("Content-Type", contentType)
	r.Header.Set("Authorization", "Bearer "+f.tokens[as])
	answer, text, _ := f.send(r)
	return answer, text
}

func portrait(t *testing.T) []byte {
	t.Helper()
	var file bytes.Buffer
	must(t, png.Encode(&file, image.NewGray(image.Rect(0, 0, 60, 40))))
	return file.Bytes()
}

func TestAPictureIsUploadedAndDeleted(t *testing.T) {
	t.Parallel()
	f := newFixture(t, partner, false)
	url := func() string {
		answer, body, _ := f.call("admin", "GET", "/v2/users/me", "")
		return decode[zoom.User](t, answer, body, 200).PicURL
	}
	for _, user := range []string{"me", "owner@acme.example"} {
		answer, body := f.upload("admin", user, "pic_file", portrait(t))
		decode[struct{}](t, answer, body, 201)
		if got := url(); !strings.HasPrefix(got, publicURL+"/pictures/") {
			t.Errorf("pic_url is %q", got)
		}
	}
	answer, body, _ := f.call("admin", "DELETE", "/v2/users/me/picture", "")
	if answer.StatusCode != http.StatusNoContent || url() != "" {
		t.Errorf("deleting answers %d %s, and pic_url is %q", answer.StatusCode, body, url())
	}
}

func TestBadPictures(t *testing.T) {
	t.Parallel()
	f := newFixture(t, partner, false)
	good, tooBig := portrait(t), make([]byte, convoke.MaxPictureFile+1)
	for name, c := range map[string]struct {
		as, user, part string
		file           []byte
		status, code   int
	}{
		"another part":        {"admin", "me", "file", good, 400, zoom.CodeFile},
		"empty":               {"admin", "me", "pic_file", nil, 400, zoom.CodeFile},
		"too big":             {"admin", "me", "pic_file", tooBig, 400, zoom.CodeFile},
		"far too big":         {"admin", "me", "pic_file", make([]byte, 9<<20), 400, zoom.CodeFile},
		"far too big, unread": {"admin", "me", "other", make([]byte, 9<<20), 400, zoom.CodeFile},
		"not a picture":       {"admin", "me", "pic_file", []byte("%PDF-1.7"), 400, zoom.CodeFile},
		"nobody":              {"admin", "nobody", "pic_file", good, 404, zoom.CodeUserNotFound},
		"another account's":   {"other", "owner@acme.example", "pic_file", good, 404, zoom.CodeUserNotFound},
		"without the scope":   {"reader", "me", "pic_file", good, 400, zoom.CodeScopeMissing},
	} {
		answer, body := f.upload(c.as, c.user, c.part, c.file)
		if e := decode[zoom.Error](t, answer, body, c.status); e.Code != c.code || e.Message == "" {
			t.Errorf("%s: %s, want the code %d", name, body, c.code)
		}
	}
	for name, c := range map[string]struct{ contentType, body string }{
		"no form":       {"application/json", "{}"},
		"no boundary":   {"multipart/form-data", "x"},
		"nothing":       {"multipart/form-data; boundary=x", ""},
		"no end":        {"multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=pic_file\r\n\r\nabc"},
		"broken header": {"multipart/form-data; boundary=x", "--x\r\n\xff\x00: :\r\n\r\n--x--"},
	} {
		answer, body := f.post("admin", "me", c.contentType, []byte(c.body))
		if e := decode[zoom.Error](t, answer, body, 400); e.Code != zoom.CodeFile {
			t.Errorf("%s: %s", name, body)
		}
	}
}

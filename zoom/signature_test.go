// SPDX-License-Identifier: Apache-2.0

package zoom_test

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/convoke/convoke/zoom"
)

// The digests were made with openssl dgst -sha256 -hmac.
const (
	vectorSecret    = "it is a secret"
	vectorTimestamp = "1739923528"
	vectorBody      = `{"event":"user.created","event_ts":1739923528000,"payload":{"account_id":"acc","object":{"first_name":"Zoë <&>"}}}`
	vectorSignature = "v0=6721adf15dc744e7787e8fe85a9f4ae9b3b8556ee5c7565db3b1735af6bcf9e8"
)

func TestSign(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ secret, timestamp, body, want string }{
		{vectorSecret, vectorTimestamp, vectorBody, vectorSignature},
		{"", "0", "", "v0=05d07c4bf47bd5859ab994f77c2493a1d715dd26ac0a43114e18411257ef4083"},
	} {
		if got := zoom.Sign(test.secret, test.timestamp, []byte(test.body)); got != test.want {
			t.Errorf("Sign(%q, %q, %q) = %s, want %s", test.secret, test.timestamp, test.body, got, test.want)
		}
	}
}

func TestVerify(t *testing.T) {
	t.Parallel()
	signed := time.Unix(1739923528, 0)
	for _, test := range []struct {
		name                         string
		secret, timestamp, signature string
		body                         string
		now                          time.Time
		want                         error
	}{
		{"valid", vectorSecret, vectorTimestamp, vectorSignature, vectorBody, signed, nil},
		{"just inside", vectorSecret, vectorTimestamp, vectorSignature, vectorBody, signed.Add(5 * time.Minute), nil},
		{"from a fast clock", vectorSecret, vectorTimestamp, vectorSignature, vectorBody, signed.Add(-5 * time.Minute), nil},
		{"too old", vectorSecret, vectorTimestamp, vectorSignature, vectorBody, signed.Add(301 * time.Second), zoom.ErrTimestamp},
		{"from the future", vectorSecret, vectorTimestamp, vectorSignature, vectorBody, signed.Add(-301 * time.Second), zoom.ErrTimestamp},
		{"other secret", "another", vectorTimestamp, vectorSignature, vectorBody, signed, zoom.ErrSignature},
		{"other body", vectorSecret, vectorTimestamp, vectorSignature, vectorBody + " ", signed, zoom.ErrSignature},
		{"other time", vectorSecret, "1739923529", vectorSignature, vectorBody, signed, zoom.ErrSignature},
		{"no signature", vectorSecret, vectorTimestamp, "", vectorBody, signed, zoom.ErrSignature},
		{"no timestamp", vectorSecret, "", zoom.Sign(vectorSecret, "", []byte(vectorBody)), vectorBody, signed, zoom.ErrTimestamp},
	} {
		h := http.Header{}
		h.Set("x-zm-request-timestamp", test.timestamp)
		h.Set("x-zm-signature", test.signature)
		err := zoom.Verify(test.secret, h, []byte(test.body), test.now, zoom.DefaultTolerance)
		if !errors.Is(err, test.want) || (test.want == nil) != (err == nil) {
			t.Errorf("%s: Verify = %v, want %v", test.name, err, test.want)
		}
	}
}

func ExampleAnswerURLValidation() {
	reply, _ := zoom.Marshal(zoom.AnswerURLValidation("it is a secret", "qgg8vlvZRS6UYooatFL8Aw"))
	fmt.Println(string(reply))
	// Output: {"plainToken":"qgg8vlvZRS6UYooatFL8Aw","encryptedToken":"be837d5ac508a2b760df69dc326c1d28b13ea7424d69cd5018c341abe864cee0"}
}

func ExampleSign() {
	body := []byte(`{"event":"meeting.started","event_ts":1739923528000,"payload":{}}`)
	headers := http.Header{}
	headers.Set(zoom.HeaderTimestamp, "1739923528")
	headers.Set(zoom.HeaderSignature, zoom.Sign("it is a secret", "1739923528", body))

	received := time.Unix(1739923530, 0)
	fmt.Println(zoom.Verify("it is a secret", headers, body, received, zoom.DefaultTolerance))
	fmt.Println(zoom.Verify("another secret", headers, body, received, zoom.DefaultTolerance))
	// Output:
	// <nil>
	// zoom: the signature of the webhook does not match its body
}

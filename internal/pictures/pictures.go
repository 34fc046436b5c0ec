// SPDX-License-Identifier: Apache-2.0

// Package pictures fetches pictures from the addresses that identity providers
// give. It owns what may be asked and which answer is worth another try; which
// machines can be reached, and how much of an answer is read, its client says. What
// the file holds is package convoke's business. Package provision asks it, by way
// of internal/app.
package pictures

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/convoke/convoke/internal/convoke"
)

// Fetcher fetches. It is safe for concurrent use.
type Fetcher struct {
	// Client must refuse addresses that are not public, and bound the time.
	Client *http.Client
}

// Fetch returns the file at the https address, or CodeInvalidPicture when asking
// again is of no use: the address is not public, nothing is there, or it is too
// big. Its errors do not quote the address, which may be a secret.
func (f Fetcher) Fetch(ctx context.Context, address string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, convoke.PictureFile("The address cannot be read.")
	}
	request.Header.Set("Accept", "image/jpeg, image/png, image/gif")
	answer, err := f.Client.Do(request)
	if err != nil {
		return nil, explain(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, refused(answer.StatusCode)
	}
	file, err := io.ReadAll(io.LimitReader(answer.Body, convoke.MaxPictureFile+1))
	if err != nil {
		return nil, errors.New("pictures: the answer broke off")
	}
	if len(file) > convoke.MaxPictureFile {
		return nil, convoke.PictureFile("The file is too big.")
	}
	return file, nil
}

// explain says what kept the request from an answer.
func explain(err error) error {
	var private interface{ NotPublic() bool }
	if errors.As(err, &private) && private.NotPublic() {
		return convoke.PictureFile("The address is not on the public Internet.")
	}
	return errors.New("pictures: no answer of the server, or a redirect that is not followed")
}

// refused tells what will not change by itself from what may.
func refused(status int) error {
	if status >= http.StatusInternalServerError || status == http.StatusTooManyRequests || status == http.StatusRequestTimeout {
		return fmt.Errorf("pictures: the server answers %d", status)
	}
	return convoke.PictureFile(fmt.Sprintf("The server answers %d.", status))
}

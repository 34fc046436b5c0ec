// SPDX-License-Identifier: Apache-2.0

package client

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
)

// BatchItem is one Ensure of a batch.
type BatchItem struct {
	ExternalID string `json:"external_id"`
	Person
}

// BatchResult is what came of one BatchItem: a User, or an Err of type *Error.
type BatchResult struct {
	ExternalID string
	User       User
	Err        error
}

// maxBatch is the most items that the server takes in one call.
const maxBatch = 1000

// EnsureBatch ensures many users with few calls. The results are in the order
// of the items, and each item fares by itself. The error is that of a whole call;
// the results of the calls before it are returned along with it. Ensuring
// again is harmless, so a batch is repeated like a single Ensure.
func (c *Client) EnsureBatch(ctx context.Context, items []BatchItem) ([]BatchResult, error) {
	results := make([]BatchResult, 0, len(items))
	for len(items) > 0 {
		n := min(len(items), maxBatch)
		part, err := c.ensurePart(ctx, items[:n])
		if err != nil {
			return results, err
		}
		results, items = append(results, part...), items[n:]
	}
	return results, nil
}

type batchBody struct {
	Bindings []BatchItem `json:"bindings"`
}

type batchAnswer struct {
	Results []struct {
		Status     int            `json:"status"` // HTTP's, as a single PUT would have been answered
		ExternalID string         `json:"external_id"`
		Binding    *bindingAnswer `json:"binding"`
		Error      *refusal       `json:"error"`
	} `json:"results"`
}

func (c *Client) ensurePart(ctx context.Context, items []BatchItem) ([]BatchResult, error) {
	var answer batchAnswer
	call := post("/api/v1/bindings:batch", batchBody{items}, &answer)
	call.repeatable = true
	if _, err := c.do(ctx, call); err != nil {
		return nil, err
	}
	if len(answer.Results) != len(items) {
		return nil, &Error{
			Status: http.StatusOK, Code: CodeBadAnswer,
			Message: fmt.Sprintf("The answer to a batch of %d holds %d results.", len(items), len(answer.Results)),
		}
	}
	results := make([]BatchResult, len(items))
	for i, r := range answer.Results {
		results[i] = BatchResult{ExternalID: items[i].ExternalID}
		switch {
		case r.Binding != nil:
			results[i].User = r.Binding.user()
		case r.Error != nil:
			results[i].Err = r.Error.asError(r.Status)
		default:
			results[i].Err = &Error{Status: r.Status, Code: CodeBadAnswer, Message: cmp.Or(http.StatusText(r.Status), "The result is empty.")}
		}
	}
	return results, nil
}

// SPDX-License-Identifier: Apache-2.0

package client

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"strconv"
)

// bindingAnswer is the server's answer about one binding.
type bindingAnswer struct {
	ExternalID string   `json:"external_id"`
	UserID     string   `json:"user_id"`
	Action     Action   `json:"action"`
	Status     Status   `json:"status"`
	Created    bool     `json:"created"`
	Generation int      `json:"generation"`
	User       userBody `json:"user"`
}

type userBody struct {
	Email       string   `json:"email"`
	FirstName   string   `json:"first_name"`
	LastName    string   `json:"last_name"`
	DisplayName string   `json:"display_name"`
	Type        UserType `json:"type"`
}

func (a bindingAnswer) user() User {
	return User{
		ExternalID: a.ExternalID, ID: a.UserID, Action: a.Action, Status: a.Status,
		Created: a.Created, Generation: a.Generation,
		Email: a.User.Email, FirstName: a.User.FirstName, LastName: a.User.LastName,
		DisplayName: a.User.DisplayName, Type: a.User.Type,
	}
}

func bindingPath(externalID string) string { return "/api/v1/bindings/" + segment(externalID) }

// needKey refuses an empty key, which cannot be written into a path. All other
// rules are the server's to check.
func needKey(field, key string) error {
	if key != "" {
		return nil
	}
	return &Error{Code: codeInvalidField, Status: http.StatusBadRequest, Field: field, Message: "The key must not be empty."}
}

// Ensure implements Provider (PUT /api/v1/bindings/{external_id}). Beside the
// errors named there, it returns ErrActionNotUsable when the account lacks what
// person.Action needs, and ErrSeatsExhausted.
func (c *Client) Ensure(ctx context.Context, externalID string, person Person) (User, error) {
	return c.putBinding(ctx, externalID, person)
}

// Bind binds an existing user to an external id, for instance the one that
// Error.UserID of an ErrEmailTaken names. ErrBoundElsewhere: one of the two is
// bound already; ErrNotFound: no such user.
func (c *Client) Bind(ctx context.Context, externalID, userID string) (User, error) {
	return c.putBinding(ctx, externalID, map[string]string{"user_id": userID})
}

func (c *Client) putBinding(ctx context.Context, externalID string, body any) (User, error) {
	if err := needKey("external_id", externalID); err != nil {
		return User{}, err
	}
	var answer bindingAnswer
	_, err := c.do(ctx, put(bindingPath(externalID), body, &answer))
	return answer.user(), err
}

// Lookup returns the user bound to an external id and makes nothing.
// ErrNotFound: nobody is.
func (c *Client) Lookup(ctx context.Context, externalID string) (User, error) {
	if err := needKey("external_id", externalID); err != nil {
		return User{}, err
	}
	var answer bindingAnswer
	_, err := c.do(ctx, get(bindingPath(externalID), nil, &answer))
	return answer.user(), err
}

// Unbind removes a binding; its user stays. ErrNotFound: nobody is bound to the
// external id, perhaps because an attempt whose answer was lost has done it.
func (c *Client) Unbind(ctx context.Context, externalID string) error {
	if err := needKey("external_id", externalID); err != nil {
		return err
	}
	_, err := c.do(ctx, del(bindingPath(externalID), nil))
	return err
}

// Binding is one line of Bindings.
type Binding struct {
	ExternalID string `json:"external_id"`
	UserID     string `json:"user_id"`
	Generation int    `json:"generation"`
}

// Bindings goes through all bindings of the account in the order of their
// external ids, reading a page at a time. An error ends the sequence.
func (c *Client) Bindings(ctx context.Context) iter.Seq2[Binding, error] {
	return pages(func(token string) ([]Binding, string, error) {
		var page struct {
			Bindings []Binding `json:"bindings"`
			Next     string    `json:"next_page_token"`
		}
		_, err := c.do(ctx, get("/api/v1/bindings", pageQuery(token), &page))
		return page.Bindings, page.Next, err
	})
}

const pageSize = 300

func pageQuery(token string) url.Values {
	query := url.Values{"page_size": {strconv.Itoa(pageSize)}}
	if token != "" {
		query.Set("next_page_token", token)
	}
	return query
}

// pages makes one sequence of a list that comes page by page.
func pages[T any](read func(token string) (items []T, next string, err error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for token, more := "", true; more; more = token != "" {
			items, next, err := read(token)
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, item := range items {
				if !yield(item, nil) {
					return
				}
			}
			token = next
		}
	}
}

// SPDX-License-Identifier: Apache-2.0

package provision

import (
	"context"

	"github.com/convoke/convoke/internal/convoke"
)

// BindingPage is a page of bindings, in the order of their external ids' bytes.
type BindingPage struct {
	Bindings []convoke.Binding
	Next     string // next_page_token; empty on the last page
}

// Binding returns the binding of an external id and its user. A binding whose
// user was deleted is CodeBindingNotFound, as one that never was. It needs
// RightReadUser.
func (s *Service) Binding(ctx context.Context, p convoke.Principal, source convoke.Source, externalID string) (convoke.Binding, convoke.User, error) {
	if err := p.Require(convoke.RightReadUser); err != nil {
		return convoke.Binding{}, convoke.User{}, err
	}
	if err := convoke.CheckExternalID(externalID); err != nil {
		return convoke.Binding{}, convoke.User{}, err
	}
	found, err := s.store.Find(ctx, convoke.Lookup{AccountID: p.AccountID, Source: source, ExternalID: externalID})
	if err != nil {
		return convoke.Binding{}, convoke.User{}, err
	}
	if found.Bound == nil {
		return convoke.Binding{}, convoke.User{}, bindingNotFound()
	}
	return *found.Binding, found.Bound.AsOf(s.now()), nil
}

func bindingNotFound() error {
	return convoke.NotFound(convoke.CodeBindingNotFound, "No user is bound to this external id.")
}

// Bindings lists the account's bindings of the host app's own keys. It needs
// RightListUsers.
func (s *Service) Bindings(ctx context.Context, p convoke.Principal, size int, token string) (BindingPage, error) {
	if err := p.Require(convoke.RightListUsers); err != nil {
		return BindingPage{}, err
	}
	list := listName("bindings", p.AccountID, string(convoke.SourceApp))
	size, after, err := s.openPage(list, size, token)
	if err != nil {
		return BindingPage{}, err
	}
	bindings, err := s.store.Bindings(ctx, p.AccountID, convoke.SourceApp, after, size+1)
	if err != nil {
		return BindingPage{}, err
	}
	page := BindingPage{Bindings: bindings}
	if len(bindings) > size {
		page.Bindings = bindings[:size]
		page.Next = s.pages.Seal(list, page.Bindings[size-1].ExternalID, s.now())
	}
	return page, nil
}

// BindingsOf lists the bindings of one user. It needs RightReadUser.
func (s *Service) BindingsOf(ctx context.Context, p convoke.Principal, user convoke.UserID) ([]convoke.Binding, error) {
	if err := p.Require(convoke.RightReadUser); err != nil {
		return nil, err
	}
	return s.store.BindingsOf(ctx, p.AccountID, user)
}

// Unbind takes a binding away; the user stays. It needs RightUpdateUser.
func (s *Service) Unbind(ctx context.Context, p convoke.Principal, source convoke.Source, externalID string) error {
	if err := p.Require(convoke.RightUpdateUser); err != nil {
		return err
	}
	if err := convoke.CheckExternalID(externalID); err != nil {
		return err
	}
	lookup := convoke.Lookup{AccountID: p.AccountID, Source: source, ExternalID: externalID}
	return s.store.Change(ctx, lookup, func(found convoke.Found) (convoke.Change, error) {
		if found.Binding == nil {
			return convoke.Change{}, bindingNotFound()
		}
		return convoke.Unbind(*found.Binding, s.mark(p)), nil
	})
}

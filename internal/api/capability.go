// SPDX-License-Identifier: Apache-2.0

package api

import (
	"net/http"

	"github.com/convoke/convoke/internal/convoke"
)

type capabilities struct {
	Actions       []capability   `json:"actions"`
	DefaultAction convoke.Action `json:"default_action"` // of an ensure that names none
}

type capability struct {
	Action       convoke.Action `json:"action"`
	Usable       bool           `json:"usable"`
	Missing      []prerequisite `json:"missing"`
	Login        string         `json:"login"`
	Password     string         `json:"password"`
	Mail         string         `json:"mail"`
	StatusAtOnce convoke.Status `json:"status_at_once"`
}

type prerequisite struct {
	Code    convoke.Code `json:"code"`
	Message string       `json:"message"`
	Fix     string       `json:"fix"`
}

// listCapabilities is GET /capabilities.
func (a *api) listCapabilities(w http.ResponseWriter, r *http.Request) error {
	p, err := a.caller(r)
	if err != nil {
		return err
	}
	account, list, err := a.Provision.Capabilities(r.Context(), p)
	if err != nil {
		return err
	}
	answer := capabilities{DefaultAction: convoke.DefaultAction(account)}
	for _, c := range list {
		answer.Actions = append(answer.Actions, newCapability(c))
	}
	return reply(w, http.StatusOK, answer)
}

func newCapability(c convoke.Capability) capability {
	missing := make([]prerequisite, len(c.Missing))
	for i, lack := range c.Missing {
		missing[i] = prerequisite{lack.Code, lack.Message, lack.Fix}
	}
	return capability{c.Action, c.Usable, missing, c.Login, c.Password, c.Mail, c.StatusAtOnce}
}

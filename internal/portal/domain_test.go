// SPDX-License-Identifier: Apache-2.0

package portal_test

import (
	"context"
	"strings"
	"testing"

	"github.com/convoke/convoke/internal/convoke"
)

// looker stands for the world outside, where the file of a domain that begins
// with "proved" is up and nothing else.
type looker struct{}

func (looker) Look(_ context.Context, d convoke.Domain) ([]convoke.Finding, error) {
	finding := convoke.Finding{Method: convoke.ProofFile, Expected: d.Proofs().File.Content, Got: []string{}}
	finding.Found = strings.HasPrefix(d.Name, "proved")
	return []convoke.Finding{finding}, nil
}

func (w *world) domain(t testing.TB, name string) {
	t.Helper()
	_, err := w.provision.AddDomain(t.Context(), convoke.Operator(w.account), name, false)
	check(t, err)
}

type domainAnswer struct {
	Domain, State        string
	Trusted, Exclusive   bool
	VerifiedAt, LapsesAt *string
	Proofs               convoke.DomainProofs
}

func TestTheOperatorManagesDomains(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	operator := w.asOperator(t)
	added := decoded[domainAnswer](t, w.post(t, "/portal/api/domains", `{"domain":"Proved.example"}`, operator), 201)
	if added.Domain != "proved.example" || added.State != "unverified" || added.Proofs.TXT.Value == "" {
		t.Errorf("added %+v", added)
	}
	type outcome struct {
		Domain   domainAnswer
		Findings []convoke.Finding
	}
	verified := decoded[outcome](t, w.post(t, "/portal/api/domains/proved.example/verify", "", operator), 200)
	if verified.Domain.State != "verified" || len(verified.Findings) != 1 || !verified.Findings[0].Found {
		t.Errorf("verified %+v", verified)
	}
	set := decoded[domainAnswer](t, w.call(t, "PUT", "/portal/api/domains/proved.example", `{"exclusive":true}`, operator), 200)
	if !set.Exclusive {
		t.Errorf("set %+v", set)
	}
	list := decoded[struct{ Domains []domainAnswer }](t, w.get(t, "/portal/api/domains", operator), 200)
	if len(list.Domains) != 1 || list.Domains[0].State != "verified" || !list.Domains[0].Exclusive {
		t.Errorf("listed %+v", list)
	}
	wantStatus(t, w.call(t, "DELETE", "/portal/api/domains/proved.example", "", operator), 204)
	wantProblem(t, w.call(t, "DELETE", "/portal/api/domains/proved.example", "", operator), 404, convoke.CodeDomainNotFound)
	wantProblem(t, w.post(t, "/portal/api/domains", `{"domain":"localhost"}`, operator), 400, convoke.CodeInvalidField)
	wantProblem(t, w.post(t, "/portal/api/domains", `[]`, operator), 400, convoke.CodeInvalidBody)
}

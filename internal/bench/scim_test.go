// SPDX-License-Identifier: Apache-2.0

package bench_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"github.com/convoke/convoke/internal/app"
)

// directory lets the product's account be pushed to, with a domain of its own so
// that nobody is invited.
func (p *product) directory(b *testing.B, dir string) {
	b.Helper()
	c, logger := quiet(b, dir)
	admin, err := app.OpenAdmin(context.Background(), c, logger)
	check(b, err)
	defer admin.Close()
	_, err = admin.SetAccount(context.Background(), "", app.Grants{SSO: new(true)})
	check(b, err)
	_, err = admin.AddDomain(context.Background(), "", "people.example.com", true)
	check(b, err)
}

// pushed is the body with which a directory makes a user.
func pushed(id string) string {
	return fmt.Sprintf(`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"externalId":"%[1]s","userName":"%[1]s@people.example.com",`+
		`"name":{"givenName":"Jane","familyName":"Roe"},"emails":[{"primary":true,"type":"work","value":"%[1]s@people.example.com"}],"active":true}`, id)
}

// BenchmarkSCIMPush pushes users one by one, at least 100,000 of them, in turns
// with ensures that make users; the promise is half the rate of those.
func BenchmarkSCIMPush(b *testing.B) {
	const people = 100_000
	dir := b.TempDir()
	p, stop := startProduct(b, dir)
	b.Cleanup(stop)
	p.directory(b, dir)
	for b.Loop() {
		var pushes, ensures []load
		count := 0
		for round := 0; count < people; round++ {
			ensures = append(ensures, send(b, p.address, p.token, roundTime, http.StatusCreated, newPeople(round)))
			push := drive(b, p.address, p.token, roundTime, http.StatusCreated, func(connection, n int) request {
				return request{"POST", "/scim2/Users", pushed(fmt.Sprintf("scim-%d-%d-%d", round, connection, n))}
			})
			pushes = append(pushes, push)
			count += int(push.perSecond * roundTime.Seconds())
		}
		push, ensure := median(pushes), median(ensures)
		fmt.Printf("scim push, %d    %7.0f/s p50 %v p99 %v | ensure, new %7.0f/s p99 %v | rate x%.2f (promise: 0.5)\n",
			count, push.perSecond, push.p50, push.p99, ensure.perSecond, ensure.p99, push.perSecond/ensure.perSecond)
		b.ReportMetric(push.perSecond/ensure.perSecond, "x-ensure-rate")
	}
}

// BenchmarkSCIMFilterAmongAMillion finds users by userName in an account of 1,000
// and in one of 1,000,000; the promise is that it costs the same.
func BenchmarkSCIMFilterAmongAMillion(b *testing.B) {
	newFull := func(count int) *product {
		dir := b.TempDir()
		p, stop := startProduct(b, dir)
		b.Cleanup(stop)
		p.directory(b, dir)
		p.fillFast(b, count)
		return p
	}
	small, large := newFull(few), newFull(many)
	search := func(p *product, count int) func() load {
		person := anyOf(count)
		return func() load {
			return drive(b, p.address, p.token, roundTime, http.StatusOK, func(connection, n int) request {
				id, _ := person(connection, n)
				return request{"GET", "/scim2/Users?filter=" + url.QueryEscape(`userName eq "`+id+`@people.example.com"`), ""}
			})
		}
	}
	growth(b, "scim filter", search(small, few), search(large, many))
}

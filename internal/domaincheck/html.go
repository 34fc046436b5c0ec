// SPDX-License-Identifier: Apache-2.0

package domaincheck

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/convoke/convoke/internal/convoke"
)

// metaTags returns the tags of our name in the head of the page, each as the
// proof spells it. It stops where the body begins, with or without a tag that
// says so: what stands there may have been written by a visitor.
func metaTags(page string) []string {
	var tags []string
	var open atom.Atom // the element whose text the next text token is
	for z := html.NewTokenizer(strings.NewReader(page)); ; {
		kind := z.Next()
		if kind == html.ErrorToken {
			return tags
		}
		token := z.Token()
		if leavesHead(token, open) {
			return tags
		}
		if kind == html.StartTagToken || kind == html.SelfClosingTagToken {
			open = token.DataAtom
			if content, ours := ourTag(token); ours {
				tags = append(tags, `<meta name="`+convoke.ProofMetaName+`" content="`+content+`">`)
			}
		}
		if kind == html.EndTagToken {
			open = 0
		}
	}
}

// leavesHead reports whether the head is over at the token (HTML, section
// 13.2.6.4.4): it ends, or something begins that no head has.
func leavesHead(token html.Token, open atom.Atom) bool {
	switch token.Type {
	case html.EndTagToken:
		return token.DataAtom == atom.Head
	case html.StartTagToken, html.SelfClosingTagToken:
		return !headElement(token.DataAtom)
	case html.TextToken:
		return strings.TrimSpace(token.Data) != "" && !holdsText(open)
	}
	return false // a comment, a doctype
}

func headElement(a atom.Atom) bool {
	switch a {
	case atom.Html, atom.Head, atom.Meta, atom.Link, atom.Base:
		return true
	}
	return holdsText(a)
}

func holdsText(a atom.Atom) bool {
	switch a {
	case atom.Title, atom.Script, atom.Style, atom.Noscript:
		return true
	}
	return false
}

// ourTag returns the content of a meta tag of our name. Of an attribute that is
// there twice, the first counts, as in a browser.
func ourTag(token html.Token) (content string, ours bool) {
	if token.DataAtom != atom.Meta {
		return "", false
	}
	name := strings.TrimSpace(attribute(token, "name"))
	return attribute(token, "content"), strings.EqualFold(name, convoke.ProofMetaName)
}

func attribute(token html.Token, key string) string {
	for _, a := range token.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

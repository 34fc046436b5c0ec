// SPDX-License-Identifier: Apache-2.0

package convoke

import (
	"math"
	"strings"
	"unicode/utf8"
)

// asciiDomain writes each label that is not ASCII as its A-label (RFC 5891
// section 4.4), so that an address finds its domain in whichever form it is
// written. It expects lower case, and maps nothing: a label that IDNA would
// change first finds no domain.
func asciiDomain(name string) string {
	if isASCII(name) {
		return name
	}
	labels := strings.Split(name, ".")
	for i, label := range labels {
		if !isASCII(label) {
			labels[i] = "xn--" + punycode(label)
		}
	}
	return strings.Join(labels, ".")
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// The parameters of Punycode (RFC 3492 section 5).
const (
	punyBase  = 36
	punyTMin  = 1
	punyTMax  = 26
	punySkew  = 38
	punyDamp  = 700
	punyFirst = rune(128)
	punyBias  = 72
)

// punycode encodes a label (RFC 3492 section 6.3).
func punycode(label string) string {
	runes := []rune(label)
	var out []byte
	for _, r := range runes {
		if r < punyFirst {
			out = append(out, byte(r))
		}
	}
	basic := len(out)
	if basic > 0 {
		out = append(out, '-')
	}
	delta, bias := 0, punyBias
	for handled, floor := basic, punyFirst; handled < len(runes); {
		next := smallestFrom(runes, floor)
		delta += int(next-floor) * (handled + 1)
		for _, r := range runes {
			if r < next {
				delta++
			}
			if r == next {
				out = appendDelta(out, delta, bias)
				bias = adaptBias(delta, handled+1, handled == basic)
				delta = 0
				handled++
			}
		}
		delta++
		floor = next + 1
	}
	return string(out)
}

func smallestFrom(runes []rune, floor rune) rune {
	least := rune(math.MaxInt32)
	for _, r := range runes {
		if r >= floor && r < least {
			least = r
		}
	}
	return least
}

// appendDelta writes delta as a generalised variable-length integer.
func appendDelta(out []byte, delta, bias int) []byte {
	const digits = "abcdefghijklmnopqrstuvwxyz0123456789"
	for k := punyBase; ; k += punyBase {
		threshold := min(max(k-bias, punyTMin), punyTMax)
		if delta < threshold {
			return append(out, digits[delta])
		}
		out = append(out, digits[threshold+(delta-threshold)%(punyBase-threshold)])
		delta = (delta - threshold) / (punyBase - threshold)
	}
}

func adaptBias(delta, points int, first bool) int {
	if first {
		delta /= punyDamp
	} else {
		delta /= 2
	}
	delta += delta / points
	k := 0
	for ; delta > (punyBase-punyTMin)*punyTMax/2; k += punyBase {
		delta /= punyBase - punyTMin
	}
	return k + (punyBase-punyTMin+1)*delta/(delta+punySkew)
}

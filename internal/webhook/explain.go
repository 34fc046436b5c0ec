// SPDX-License-Identifier: Apache-2.0

package webhook

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"syscall"
)

// explain says in one sentence why there was no answer. It repeats no address
// and nothing that the resolver said: the sentence is shown to whoever chose the
// name, who may not be meant to know the network behind this server.
func explain(err error) string {
	var private interface{ NotPublic() bool }
	if errors.As(err, &private) && private.NotPublic() {
		return "The receiver's name leads to an address that is not public. Such receivers need the operator's leave: --webhook-allow-private."
	}
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return "The receiver's name could not be resolved."
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return "The receiver's certificate is not valid for its name, or nobody that is trusted vouches for it."
	}
	if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() || errors.Is(err, context.DeadlineExceeded) {
		return fmt.Sprintf("The receiver did not answer within %d seconds.", int(Timeout.Seconds()))
	}
	switch {
	case errors.Is(err, context.Canceled):
		return "The attempt was broken off because the server was stopped."
	case errors.Is(err, syscall.ECONNREFUSED):
		return "The receiver refused the connection."
	}
	return "There was no HTTP answer from the receiver."
}

// explainStatus says why an answer was not good enough.
func explainStatus(status int) string {
	if status >= 300 && status < 400 {
		return fmt.Sprintf("The receiver answered with a redirect (%d), and redirects are not followed. Give the URL that it leads to.", status)
	}
	return fmt.Sprintf("The receiver answered %s; 200 or 204 is needed.", statusText(status))
}

func statusText(status int) string {
	if text := http.StatusText(status); text != "" {
		return fmt.Sprintf("%d (%s)", status, text)
	}
	return fmt.Sprint(status)
}

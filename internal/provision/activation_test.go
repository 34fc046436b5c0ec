// SPDX-License-Identifier: Apache-2.0

package provision_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/provision"
)

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// refusesCode fails unless neither the page nor the person can use the code, and
// nothing changes by trying.
func (w *world) refusesCode(t *testing.T, code string, want convoke.Code) {
	t.Helper()
	before := w.picture(t)
	_, err := w.Activation(t.Context(), code)
	wantCode(t, err, want)
	_, err = w.Activate(t.Context(), "192.0.2.7", code, goodPassword)
	wantCode(t, err, want)
	w.unchanged(t, before)
}

func TestTheActivationPageSaysWhoseItIs(t *testing.T) {
	t.Parallel()
	w := newWorld(t, everything)
	user := w.pending(t, "ada@example.com")
	for range 3 { // reading spends nothing
		activation, err := w.Activation(t.Context(), w.code(t, user.ID))
		check(t, err)
		if activation.User.ID != user.ID || activation.AccountName != "Acme" || !activation.NeedsPassword {
			t.Errorf("the page says %+v", activation)
		}
	}
}

func TestAForgedCodeIsNotFound(t *testing.T) {
	t.Parallel()
	w := newWorld(t, everything)
	ada, ben := w.pending(t, "ada@example.com"), w.pending(t, "ben@example.com")
	code, other := w.code(t, ada.ID), w.code(t, ben.ID)
	forged := []string{
		"", "x", code[:22], code[:len(code)-1], code + "A", code[:22] + other[22:], other[:22] + code[22:],
		strings.ToLower(code), strings.Repeat("A", len(code)), "\x00" + code[1:], "\xff" + code[1:], code + "\x00", " " + code,
	}
	for i := range len(code) {
		changed := []byte(code)
		changed[i] ^= 1
		forged = append(forged, string(changed))
	}
	stranger := provision.New(provision.Config{CodeKey: bytes.Repeat([]byte("x"), 32)})
	forged = append(forged, stranger.ActivationCode(convoke.InvitationID(code[:22])), w.ActivationCode("never-made-invitation-"))
	for _, code := range forged {
		w.refusesCode(t, code, convoke.CodeInvitationNotFound)
	}
}

func TestACodeIsGoodForOneActivation(t *testing.T) {
	t.Parallel()
	w := newWorld(t, everything)
	user := w.pending(t, "ada@example.com")
	code := w.code(t, user.ID)
	for password, want := range map[string]convoke.Code{
		"Short1":                  convoke.CodePasswordLength,
		strings.Repeat("Ab1x", 9): convoke.CodePasswordLength,
		"1928374650":              convoke.CodePasswordLetter,
		"Sunny-Days":              convoke.CodePasswordDigit,
		"sunny-day-42":            convoke.CodePasswordCase,
		"Abcdefgh42":              convoke.CodePasswordConsecutive,
		"":                        convoke.CodePasswordLength,
		"Sunny\x00Day42":          convoke.CodePasswordLength,
	} {
		_, err := w.Activate(t.Context(), "192.0.2.7", code, password)
		wantCode(t, err, want)
	}
	if got := w.user(t, user.ID); got.Status != convoke.StatusPending || w.hashes.Load() != 0 {
		t.Errorf("a refused password left %+v, with %d hashes made", got, w.hashes.Load())
	}
	_, err := w.Activate(t.Context(), "192.0.2.7", code, goodPassword)
	check(t, err)
	w.refusesCode(t, code, convoke.CodeInvitationUsed)
	if got := w.user(t, user.ID); got.Status != convoke.StatusActive || got.PasswordHash != "hash of "+goodPassword {
		t.Errorf("the user is %+v", got)
	}
}

func TestAResentInvitationKillsTheOldLink(t *testing.T) {
	t.Parallel()
	w := newWorld(t, everything)
	user := w.pending(t, "ada@example.com")
	for range 2 {
		check(t, w.invite(t.Context(), string(user.ID)))
	}
	codes := w.codes(t, user.ID)
	if len(codes) != 3 {
		t.Fatalf("%d links were sent, want 3", len(codes))
	}
	for _, old := range codes[:2] {
		w.refusesCode(t, old, convoke.CodeInvitationRevoked)
	}
	_, err := w.Activate(t.Context(), "192.0.2.7", codes[2], goodPassword)
	check(t, err)
	w.refusesCode(t, codes[0], convoke.CodeInvitationRevoked)
	wantCode(t, w.invite(t.Context(), string(user.ID)), convoke.CodeStatusUnchanged)
}

func TestAChangedEmailKillsTheLinkThatWentToTheOldAddress(t *testing.T) {
	t.Parallel()
	w := newWorld(t, convoke.AccountChange{})
	user := w.made(t, bound("42", "ada@example.com"))
	_, err := w.Ensure(t.Context(), w.app, bound("42", "countess@example.com"))
	check(t, err)
	codes := w.codes(t, user.ID)
	if len(codes) != 2 {
		t.Fatalf("%d links were sent, want 2", len(codes))
	}
	w.refusesCode(t, codes[0], convoke.CodeInvitationRevoked)
	active, err := w.Activate(t.Context(), "192.0.2.7", codes[1], goodPassword)
	check(t, err)
	if active.Email != "countess@example.com" {
		t.Errorf("the activated user has the e-mail %s", active.Email)
	}
	by := convoke.Actor{Kind: "person", ID: string(user.ID), Name: "countess@example.com", Address: "192.0.2.7"}
	if accepted := w.events(t, convoke.EventUserInvitationAccepted); len(accepted) != 1 || accepted[0].Actor != by {
		t.Errorf("the log has %+v, want one by %+v", accepted, by)
	}
}

func TestACodeExpires(t *testing.T) {
	t.Parallel()
	w := newWorld(t, everything)
	late, intime := w.pending(t, "late@example.com"), w.pending(t, "intime@example.com")
	w.clock.advance(convoke.InvitationLife - time.Millisecond)
	_, err := w.Activate(t.Context(), "192.0.2.7", w.code(t, intime.ID), goodPassword)
	check(t, err)
	w.clock.advance(time.Millisecond)
	w.refusesCode(t, w.code(t, late.ID), convoke.CodeInvitationExpired)
	check(t, w.invite(t.Context(), string(late.ID)))
	_, err = w.Activate(t.Context(), "192.0.2.7", w.code(t, late.ID), goodPassword)
	check(t, err)
}

func TestOfManyWhoUseACodeAtOnceOneWins(t *testing.T) {
	t.Parallel()
	w := newWorld(t, everything)
	user := w.pending(t, "ada@example.com")
	code := w.code(t, user.ID)
	errs := make([]error, 16)
	parallel(len(errs), func(i int) {
		_, errs[i] = w.Activate(t.Context(), "192.0.2.7", code, fmt.Sprintf("%s-%d", goodPassword, i))
	})
	winner := -1
	for i, err := range errs {
		switch {
		case err == nil && winner >= 0:
			t.Errorf("calls %d and %d both spent the code", winner, i)
		case err == nil:
			winner = i
		default:
			wantCode(t, err, convoke.CodeInvitationUsed)
		}
	}
	if got, want := w.user(t, user.ID).PasswordHash, fmt.Sprintf("hash of %s-%d", goodPassword, winner); got != want {
		t.Errorf("the password is %q, want the winner's %q", got, want)
	}
	if got := len(w.events(t, convoke.EventUserInvitationAccepted)); got != 1 {
		t.Errorf("%d events tell of the activation, want 1", got)
	}
}

// Hashing takes its time; what happens to the link meanwhile counts.
func TestALinkThatDiesWhileThePasswordIsHashedIsRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		meanwhile func(*world, context.Context, convoke.UserID) error
		code      convoke.Code
	}{
		"resent": {func(w *world, ctx context.Context, id convoke.UserID) error {
			return w.invite(ctx, string(id))
		}, convoke.CodeInvitationRevoked},
		"expired": {func(w *world, _ context.Context, _ convoke.UserID) error {
			w.clock.advance(convoke.InvitationLife)
			return nil
		}, convoke.CodeInvitationExpired},
		"deleted": {func(w *world, ctx context.Context, id convoke.UserID) error {
			return w.Remove(ctx, w.app, string(id), convoke.Delete)
		}, convoke.CodeInvitationNotFound},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, everything)
			user := w.pending(t, "ada@example.com")
			code := w.code(t, user.ID)
			slow := w.newService(func(ctx context.Context, _ string) (string, error) {
				return "hash", c.meanwhile(w, ctx, user.ID)
			})
			_, err := slow.Activate(t.Context(), "192.0.2.7", code, goodPassword)
			wantCode(t, err, c.code)
			if got := len(w.events(t, convoke.EventUserInvitationAccepted)); got != 0 {
				t.Error("the user was activated")
			}
		})
	}
}

func TestAFailedHashSpendsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, everything)
	user := w.pending(t, "ada@example.com")
	before := w.picture(t)
	broken := w.newService(func(context.Context, string) (string, error) { return "", context.Canceled })
	if _, err := broken.Activate(t.Context(), "192.0.2.7", w.code(t, user.ID), goodPassword); !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
	w.unchanged(t, before)
}

func TestASingleSignOnUserConfirmsTheAddressWithoutAPassword(t *testing.T) {
	t.Parallel()
	w := newWorld(t, everything)
	user := w.made(t, convoke.Request{Action: "ssoCreate", Email: "ada@elsewhere.example"})
	code := w.code(t, user.ID)
	activation, err := w.Activation(t.Context(), code)
	check(t, err)
	if activation.NeedsPassword {
		t.Error("the page asks a single sign-on user for a password")
	}
	active, err := w.Activate(t.Context(), "192.0.2.7", code, goodPassword)
	check(t, err)
	if active.Status != convoke.StatusActive || active.PasswordHash != "" || w.hashes.Load() != 0 {
		t.Errorf("the user is %+v", active)
	}
}

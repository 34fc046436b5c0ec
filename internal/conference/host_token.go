// SPDX-License-Identifier: Apache-2.0

package conference

import (
	"context"
	"errors"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/convoke/convoke/internal/convoke"
)

// How long host tokens live, from when they are made (GET
// /v2/users/{userId}/token, query ttl). A custCreate user's lives longer, as such
// a user cannot sign in for a new one.
const (
	HostTokenLife    = 2 * time.Hour
	APIHostTokenLife = 90 * 24 * time.Hour
	OwnHostTokenLife = 5 * time.Minute
	MaxHostTokenLife = 365 * 24 * time.Hour
)

func hostTokenLife(u convoke.User) time.Duration {
	if u.Action == convoke.ActionCustCreate {
		return APIHostTokenLife
	}
	return HostTokenLife
}

// HostToken makes a host token (zak) with which the user hosts any meeting of
// their own (GET /v2/users/{userId}/token?type=zak). A ttl of 0 is the default:
// APIHostTokenLife for custCreate users, HostTokenLife for others. It needs
// convoke.RightReadToken. Errors: CodeUserNotFound; CodeInvalidField for a ttl
// below 0 or over MaxHostTokenLife; why the user may not host (User.MayHost).
func (s *Service) HostToken(ctx context.Context, p convoke.Principal, userRef string, ttl time.Duration) (string, error) {
	user, err := s.host(ctx, p, convoke.RightReadToken, userRef)
	if err != nil {
		return "", err
	}
	if ttl < 0 || ttl > MaxHostTokenLife {
		return "", convoke.Invalid(convoke.CodeInvalidField, "ttl", "The ttl must be from 1 second to one year, in seconds.")
	}
	if ttl == 0 {
		ttl = hostTokenLife(user)
	}
	return s.anyMeetingToken(p, user, ttl)
}

// OwnHostToken makes a host token for the caller's own user, with a life of
// OwnHostTokenLife (GET /v2/users/me/zak). It needs convoke.RightReadZAK. Errors
// as HostToken.
func (s *Service) OwnHostToken(ctx context.Context, p convoke.Principal) (string, error) {
	user, err := s.host(ctx, p, convoke.RightReadZAK, "me")
	if err != nil {
		return "", err
	}
	return s.anyMeetingToken(p, user, OwnHostTokenLife)
}

func (s *Service) anyMeetingToken(p convoke.Principal, user convoke.User, ttl time.Duration) (string, error) {
	if err := user.MayHost(); err != nil {
		return "", err
	}
	return s.signHostToken(p, user, 0, ttl)
}

// hostClaims are the claims of a host token, in the shape of Zoom's.
type hostClaims struct {
	Audience  string            `json:"aud"`
	Issuer    string            `json:"iss"`
	UserID    convoke.UserID    `json:"uid"`
	AccountID convoke.AccountID `json:"aid"`
	Style     int               `json:"sty"` // styleUser or styleAPIUser
	Meeting   string            `json:"mnum,omitempty"`
	Grant     string            `json:"gnt,omitempty"` // that of the app which asked in a person's name: the token ends with it
	From      int64             `json:"gen,omitempty"` // User.HostTokensFrom when it was made, in milliseconds
	IssuedAt  *jwt.NumericDate  `json:"iat"`
	ExpiresAt *jwt.NumericDate  `json:"exp"`
}

const (
	hostAudience = "clientsm"
	hostIssuer   = "web"
	styleUser    = 1
	styleAPIUser = 99
)

// GetExpirationTime and its siblings make hostClaims a jwt.Claims.
func (c hostClaims) GetExpirationTime() (*jwt.NumericDate, error) { return c.ExpiresAt, nil }

// GetIssuedAt returns the claim iat.
func (c hostClaims) GetIssuedAt() (*jwt.NumericDate, error) { return c.IssuedAt, nil }

// GetNotBefore returns nil: there is no claim nbf.
func (c hostClaims) GetNotBefore() (*jwt.NumericDate, error) { return nil, nil }

// GetIssuer returns the claim iss.
func (c hostClaims) GetIssuer() (string, error) { return c.Issuer, nil }

// GetSubject returns nothing: the user is in the claim uid.
func (c hostClaims) GetSubject() (string, error) { return "", nil }

// GetAudience returns the claim aud.
func (c hostClaims) GetAudience() (jwt.ClaimStrings, error) {
	return jwt.ClaimStrings{c.Audience}, nil
}

// signHostToken makes a token for one meeting, or for any of the user's with 0. One
// that an app gets for a person lasts no longer than what the person allows it.
func (s *Service) signHostToken(p convoke.Principal, user convoke.User, meeting convoke.MeetingID, ttl time.Duration) (string, error) {
	now := s.now()
	claims := hostClaims{
		Audience: hostAudience, Issuer: hostIssuer, UserID: user.ID, AccountID: user.AccountID, Style: styleUser, Grant: p.GrantID,
		IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(now.Add(ttl)),
	}
	claims.From = tokensFrom(user)
	if user.Action == convoke.ActionCustCreate {
		claims.Style = styleAPIUser
	}
	if meeting != 0 {
		claims.Meeting = meeting.String()
	}
	return jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString(s.hostTokenKey)
}

// tokensFrom is what a host token must carry to count. The time at which it was
// made would not do: in a token that is cut to whole seconds.
func tokensFrom(u convoke.User) int64 {
	if u.HostTokensFrom.IsZero() {
		return 0
	}
	return u.HostTokensFrom.UnixMilli()
}

// openHostToken verifies a host token for a meeting. It returns
// CodeInvalidHostToken, or CodeHostTokenExpired for one that was good once.
func (s *Service) openHostToken(token string, meeting convoke.MeetingID) (hostClaims, error) {
	var claims hostClaims
	parser := jwt.NewParser(
		jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}),
		jwt.WithAudience(hostAudience), jwt.WithIssuer(hostIssuer),
		jwt.WithExpirationRequired(), jwt.WithStrictDecoding(), jwt.WithTimeFunc(s.now),
	)
	_, err := parser.ParseWithClaims(token, &claims, func(*jwt.Token) (any, error) { return s.hostTokenKey, nil })
	otherMeeting := claims.Meeting != "" && claims.Meeting != meeting.String()
	switch {
	case err == nil && !otherMeeting:
		return claims, nil
	case errors.Is(err, jwt.ErrTokenExpired) && !otherMeeting:
		return hostClaims{}, convoke.Errorf(convoke.KindUnauthenticated, convoke.CodeHostTokenExpired,
			"This start link has expired. Open the meeting from your app again to get a new one.")
	}
	return hostClaims{}, invalidHostToken()
}

// invalidHostToken tells nothing about what is wrong with the token.
func invalidHostToken() error {
	return convoke.Errorf(convoke.KindUnauthenticated, convoke.CodeInvalidHostToken,
		"This start link is not valid for this meeting. Open the meeting from your app again.")
}

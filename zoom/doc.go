// SPDX-License-Identifier: Apache-2.0

// Package zoom is the wire vocabulary of the Zoom-compatible REST API and of
// its webhooks: request and response bodies, error codes, the event envelope
// and the signature of a delivery. It owns names and shapes, and nothing else:
// it opens no connection, holds no rule and imports the standard library only.
// Convoke's server answers in these types, its Go client (package client) asks
// in them, and a host app uses them to receive webhooks. The same types fit the
// real Zoom cloud, so code written against them works with both.
//
// # Bodies
//
// Requests are CreateUserRequest, UpdateUserRequest, CreateMeetingRequest,
// UpdateMeetingRequest and StatusRequest; answers are CreatedUser, User,
// UserList, Meeting, MeetingList, TokenResponse and ZAK. In a request that
// changes something, a nil pointer means "leave it as it is", and new gives a
// value:
//
//	patch := zoom.UpdateUserRequest{Dept: new("Sales"), Type: new(zoom.TypeLicensed)}
//
// Three oddities of the wire are kept on purpose. A meeting's pmi is a string
// and a user's pmi a number. A meeting's id is a number of up to eleven digits,
// so it needs an int64. A meeting that has ended is reported as waiting.
//
// Times on the wire look like 2026-03-31T12:02:00Z, in UTC and whole seconds;
// type Time reads and writes them and takes an empty string for no time.
//
// # Errors
//
// A refused call answers with a body of type Error: a number that programs
// match on, a sentence for people, and, when the request was not valid, the
// fields that were wrong.
//
//	if e, ok := errors.AsType[*zoom.Error](err); ok && e.Code == zoom.CodeEmailTaken {
//		// the e-mail belongs to a user of the account already
//	}
//
// POST /oauth/token answers with a TokenError instead.
//
// # Webhooks
//
// A delivery is a POST of an Envelope. Read the raw body, verify it, and only
// then decode it:
//
//	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
//	if err != nil {
//		http.Error(w, "unreadable body", http.StatusBadRequest)
//		return
//	}
//	if err := zoom.Verify(secret, r.Header, body, time.Now(), zoom.DefaultTolerance); err != nil {
//		http.Error(w, "bad signature", http.StatusUnauthorized)
//		return
//	}
//	var event zoom.Envelope
//	err = json.Unmarshal(body, &event)
//
// Answer 200 or 204 within three seconds. A delivery may arrive more than once
// and out of order. When an endpoint is registered it is asked to prove that it
// knows the secret: the event is EventURLValidation, its payload a
// URLValidation, and AnswerURLValidation makes the reply.
//
// Marshal writes JSON that comes out byte for byte the same after a receiver
// has parsed it and written it again with JSON.stringify, which receivers in
// JavaScript do before they check the signature.
package zoom

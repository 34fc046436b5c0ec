// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/convoke/convoke/internal/convoke"
)

const meetingColumns = `m.id, m.uuid, m.account_id, m.host_id, m.external_id, m.topic, m.agenda, m.type, m.start_time,
	m.duration, m.timezone, m.passcode, m.settings, m.recurrence, m.state, m.started_at, m.ended_at, m.created_at, m.updated_at, m.leased`

const meetingWidth = 20

func scanMeeting(r *row) convoke.Meeting {
	m := convoke.Meeting{
		ID: convoke.MeetingID(r.number()), UUID: r.text(), AccountID: convoke.AccountID(r.text()), HostID: convoke.UserID(r.text()),
		ExternalID: string(r.blob()), Topic: r.text(), Agenda: r.text(), Type: convoke.MeetingType(r.number()), StartTime: r.time(),
		Duration: int(r.number()), Timezone: r.text(), Passcode: r.text(),
	}
	r.json(&m.Settings)
	r.json(&m.Recurrence)
	m.State, m.StartedAt, m.EndedAt = convoke.MeetingState(r.text()), r.time(), r.time()
	m.CreatedAt, m.UpdatedAt, m.Leased = r.time(), r.time(), r.flag()
	return m
}

var (
	meetingByID = "SELECT " + meetingColumns + ", " + userColumns("u") + ` FROM meetings m JOIN users u ON u.id = m.host_id
		WHERE m.id = $1 AND ($2 = '' OR m.account_id = $2)`
	meetingByKey = "SELECT " + meetingColumns + ", " + userColumns("u") + ` FROM users u
		LEFT JOIN meetings m ON m.host_id = u.id AND m.external_id = $3 WHERE u.id = $1 AND ($2 = '' OR u.account_id = $2)`
	personalHost = "SELECT " + userColumns("u") + " FROM users u WHERE u.pmi = $1 AND ($2 = '' OR u.account_id = $2)"
)

// FindMeeting reads the meeting that the Lookup names, with its host. Without a
// meeting, and no error, Host is still the user that the Lookup names: by
// HostID, or by ID when that is the user's personal meeting id.
func (db *DB) FindMeeting(ctx context.Context, l convoke.MeetingLookup) (convoke.MeetingFound, error) {
	return findMeeting(ctx, db.engine, l)
}

// findMeeting also reads the participant that the Lookup names, of whatever
// meeting.
func findMeeting(ctx context.Context, q querier, l convoke.MeetingLookup) (convoke.MeetingFound, error) {
	found, err := findMeetingAndHost(ctx, q, l)
	if err != nil || l.Participant == "" {
		return found, err
	}
	person, ok, err := first(ctx, q, scanParticipant, participantByID, string(l.Participant))
	if ok {
		found.Participant = &person
	}
	return found, err
}

func findMeetingAndHost(ctx context.Context, q querier, l convoke.MeetingLookup) (found convoke.MeetingFound, err error) {
	scan := func(r *row) {
		if !r.absent(meetingWidth) {
			m := scanMeeting(r)
			found.Meeting = &m
		}
		u := scanUser(r)
		found.Host = &u
	}
	if l.ID == 0 {
		err = q.query(ctx, scan, meetingByKey, string(l.HostID), string(l.AccountID), orNoKey(l.ExternalID))
		return found, err
	}
	if err = q.query(ctx, scan, meetingByID, int64(l.ID), string(l.AccountID)); err != nil || found.Meeting != nil {
		return found, err
	}
	host, ok, err := first(ctx, q, scanUser, personalHost, int64(l.ID), string(l.AccountID))
	if ok {
		found.Host = &host
	}
	return found, err
}

// orNoKey stores a missing external id as NULL, which equals nothing.
func orNoKey(externalID string) any {
	if externalID == "" {
		return nil
	}
	return []byte(externalID)
}

// ChangeMeeting finds what the Lookup names, lets decide make a change of it,
// and writes that, all in one transaction. Changes of one meeting run one after
// the other. decide may run more than once, as for Change. A run that is to lease
// a seat when none is free is CodePoolExhausted.
func (db *DB) ChangeMeeting(ctx context.Context, l convoke.MeetingLookup, decide func(convoke.MeetingFound) (convoke.MeetingChange, error)) error {
	shardBad := false // as in changing
	return db.engine.write(ctx, func(t tx) error {
		if err := db.lockMeeting(ctx, t, l); err != nil {
			return err
		}
		found, err := findMeeting(ctx, t, l)
		if err != nil {
			return err
		}
		change, err := decide(found)
		if err != nil {
			return err
		}
		p, err := db.meetingPlan(ctx, t, change, shardBad)
		if err != nil {
			return err
		}
		err = t.run(ctx, p)
		shardBad = shardBad || errors.Is(err, errShardFull)
		return orAgain(err)
	})
}

// meetingPlan translates the change. A seat is leased first, because that may be
// refused.
func (db *DB) meetingPlan(ctx context.Context, t tx, change convoke.MeetingChange, shardBad bool) (plan, error) {
	p := plan{steps: meetingSteps(change), events: change.Events}
	account, leases := change.LeaseDelta()
	switch n := (count{account: account, seats: leases}); {
	case leases.Leased < 0:
		p.count = &n
	case leases.Leased > 0 && shardBad:
		if err := db.openSeats(ctx, t, account, leases); err != nil {
			return plan{}, err
		}
		p.steps = append([]step{n.step(0)}, p.steps...)
	case leases.Leased > 0:
		p.steps = append([]step{n.step(rand.IntN(db.dialect.shards))}, p.steps...)
	}
	return p, nil
}

// endedLeases is by how much the leased seats of the account change when the
// change removes a user: the meetings that go with the user hold none any more.
// Until the commit nobody can start one of them, or make one.
func endedLeases(ctx context.Context, t tx, d *dialect, c convoke.Change) (int64, error) {
	if c.Before == nil || c.After != nil {
		return 0, nil
	}
	user := string(c.Before.ID)
	if d.forUpdate != "" {
		if err := t.query(ctx, nil, "SELECT 1 FROM users WHERE id = $1"+d.forUpdate, user); err != nil {
			return 0, err
		}
	}
	var delta int64
	err := t.query(ctx, func(r *row) {
		personal, leased := r.number() == int64(c.Before.PMI), r.flag()
		if leased && (personal || c.Heir == "") {
			delta--
		}
	}, "SELECT id, leased FROM meetings WHERE host_id = $1"+d.forUpdate, user)
	return delta, err
}

func (db *DB) lockMeeting(ctx context.Context, t tx, l convoke.MeetingLookup) error {
	switch {
	case db.dialect.forUpdate == "":
		return nil
	case l.ID != 0:
		return t.query(ctx, nil, "SELECT 1 FROM meetings WHERE id = $1"+db.dialect.forUpdate, int64(l.ID))
	}
	return t.query(ctx, nil, "SELECT 1 FROM meetings WHERE host_id = $1 AND external_id = $2"+db.dialect.forUpdate,
		string(l.HostID), orNoKey(l.ExternalID))
}

func meetingSteps(c convoke.MeetingChange) []step {
	var steps []step
	if c.TicketSpent != nil {
		steps = append(steps, spendTicket(*c.TicketSpent))
	}
	switch {
	case c.Before == nil && c.After != nil:
		steps = append(steps, insertMeeting(*c.After))
	case c.Before != nil && c.After != nil:
		steps = append(steps, updateMeeting(*c.After))
	case c.Before != nil:
		steps = append(steps, step{
			sql: "DELETE FROM meetings WHERE id = $1", args: []any{int64(c.Before.ID)}, check: unlessNone(errStale),
		})
	}
	for _, p := range c.Participants {
		steps = append(steps, saveParticipant(p))
	}
	if c.EndRoom != "" {
		steps = append(steps, endRoom(c.EndRoom, roomEnd(c)))
	}
	if c.TicketMade != nil {
		steps = append(steps, insertTicket(*c.TicketMade))
	}
	return steps
}

func meetingArgs(m convoke.Meeting) []any {
	recurrence := ""
	if m.Recurrence != nil {
		recurrence = toJSON(m.Recurrence)
	}
	return []any{
		int64(m.ID), m.UUID, string(m.AccountID), string(m.HostID), orNoKey(m.ExternalID), m.Topic, m.Agenda, int64(m.Type),
		millis(m.StartTime), m.Duration, m.Timezone, m.Passcode, toJSON(m.Settings), recurrence, string(m.State),
		millis(m.StartedAt), millis(m.EndedAt), millis(m.CreatedAt), millis(m.UpdatedAt), m.Leased,
	}
}

func insertMeeting(m convoke.Meeting) step {
	return step{args: meetingArgs(m), sql: `INSERT INTO meetings (id, uuid, account_id, host_id, external_id, topic, agenda, type,
		start_time, duration, timezone, passcode, settings, recurrence, state, started_at, ended_at, created_at, updated_at, leased)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)`}
}

func updateMeeting(m convoke.Meeting) step {
	return step{args: meetingArgs(m), check: unlessNone(errStale), sql: `UPDATE meetings SET uuid = $2, account_id = $3, host_id = $4,
		external_id = $5, topic = $6, agenda = $7, type = $8, start_time = $9, duration = $10, timezone = $11, passcode = $12,
		settings = $13, recurrence = $14, state = $15, started_at = $16, ended_at = $17, created_at = $18, updated_at = $19,
		leased = $20 WHERE id = $1`}
}

// Meetings returns the next of one host's meetings that the filter lets
// through, or of all running ones, by id.
func (db *DB) Meetings(ctx context.Context, f convoke.MeetingFilter, after convoke.MeetingID, limit int) ([]convoke.Meeting, error) {
	where, args := meetingsWhere(f)
	sql := fmt.Sprintf("SELECT %s FROM meetings m WHERE %s AND m.id > $%d ORDER BY m.id LIMIT $%d",
		meetingColumns, where, len(args)+1, len(args)+2)
	return list(ctx, db.engine, scanMeeting, sql, append(args, int64(after), limit)...)
}

// CountMeetings returns how many meetings the filter lets through, at the cost
// of reading that one host's meetings.
func (db *DB) CountMeetings(ctx context.Context, f convoke.MeetingFilter) (int, error) {
	where, args := meetingsWhere(f)
	n, _, err := first(ctx, db.engine, (*row).number, "SELECT COUNT(*) FROM meetings m WHERE "+where, args...)
	return int(n), err
}

func meetingsWhere(f convoke.MeetingFilter) (string, []any) {
	var where []string
	var args []any
	add := func(term string, value any) {
		args = append(args, value)
		where = append(where, fmt.Sprintf(term, len(args)))
	}
	if f.HostID == "" && f.AccountID == "" {
		return "m.state = 'started'", nil // word for word the condition of the index meetings_running
	}
	add("m.host_id = $%d", string(f.HostID))
	add("m.account_id = $%d", string(f.AccountID))
	if f.State != "" {
		add("m.state = $%d", string(f.State))
	}
	if f.NotState != "" {
		add("m.state <> $%d", string(f.NotState))
	}
	if !f.From.IsZero() {
		add("m.start_time >= $%d", millis(f.From))
	}
	if !f.To.IsZero() {
		add("m.start_time <= $%d", millis(f.To))
	}
	if len(f.Types) > 0 {
		where = append(where, typeTerm(f.Types))
	}
	return strings.Join(where, " AND "), args
}

// typeTerm writes the numbers into the text: they are few and no one's input.
func typeTerm(types []convoke.MeetingType) string {
	numbers := make([]string, len(types))
	for i, t := range types {
		numbers[i] = fmt.Sprint(int(t))
	}
	return "m.type IN (" + strings.Join(numbers, ", ") + ")"
}

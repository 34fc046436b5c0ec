// SPDX-License-Identifier: Apache-2.0

package lantern

import (
	"context"
	"database/sql"
	"net/url"
	"os"
	"time"

	_ "modernc.org/sqlite" // the driver
)

// schema is the app's own data. Of Convoke's it keeps a person's conference_id,
// only to show it, and a meeting's join_url.
const schema = `
CREATE TABLE IF NOT EXISTS people (
	id            INTEGER PRIMARY KEY AUTOINCREMENT,
	email         TEXT NOT NULL UNIQUE COLLATE NOCASE,
	name          TEXT NOT NULL,
	role          TEXT NOT NULL,
	password      TEXT NOT NULL,
	conference_id TEXT NOT NULL DEFAULT ''
);
CREATE TABLE IF NOT EXISTS sessions (
	hash       BLOB PRIMARY KEY,
	person_id  INTEGER NOT NULL REFERENCES people(id) ON DELETE CASCADE,
	expires_at INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS meetings (
	id        TEXT PRIMARY KEY,
	person_id INTEGER NOT NULL REFERENCES people(id) ON DELETE CASCADE,
	topic     TEXT NOT NULL,
	starts_at INTEGER NOT NULL,
	minutes   INTEGER NOT NULL,
	join_url  TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS meetings_of_person ON meetings (person_id);`

// errNoSuchRow is returned where a row was asked for that is not there.
var errNoSuchRow = sql.ErrNoRows

type store struct{ db *sql.DB }

func openStore(path string) (*store, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600) // it holds people's e-mails
	if err != nil {
		return nil, err
	}
	file.Close()
	pragmas := url.Values{"_pragma": {"busy_timeout(5000)", "journal_mode(WAL)", "foreign_keys(1)"}}
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?"+pragmas.Encode())
	if err != nil {
		return nil, err
	}
	if _, err := db.Exec(schema); err != nil {
		db.Close()
		return nil, err
	}
	return &store{db}, nil
}

// person is somebody who works at Lantern.
type person struct {
	ID                int64
	Email, Name, Role string
	ConferenceID      string // empty until the first ensure has worked
	password          string // as hashPassword returns it
}

const personColumns = `people.id, email, name, role, password, conference_id`

func (p *person) columns() []any {
	return []any{&p.ID, &p.Email, &p.Name, &p.Role, &p.password, &p.ConferenceID}
}

func (s *store) personByEmail(ctx context.Context, email string) (p person, err error) {
	err = s.db.QueryRowContext(ctx, `SELECT `+personColumns+` FROM people WHERE email = ?`, email).Scan(p.columns()...)
	return p, err
}

func (s *store) setConferenceID(ctx context.Context, personID int64, conferenceID string) error {
	_, err := s.db.ExecContext(ctx, `UPDATE people SET conference_id = ? WHERE id = ? AND conference_id <> ?`,
		conferenceID, personID, conferenceID)
	return err
}

func (s *store) addSession(ctx context.Context, hash []byte, personID int64, expires time.Time) error {
	if _, err := s.db.ExecContext(ctx, `DELETE FROM sessions WHERE expires_at < ?`, time.Now().Unix()); err != nil {
		return err
	}
	_, err := s.db.ExecContext(ctx, `INSERT INTO sessions VALUES (?, ?, ?)`, hash, personID, expires.Unix())
	return err
}

func (s *store) personBySession(ctx context.Context, hash []byte) (p person, err error) {
	err = s.db.QueryRowContext(ctx, `SELECT `+personColumns+` FROM sessions JOIN people ON people.id = person_id
		WHERE hash = ? AND expires_at > ?`, hash, time.Now().Unix()).Scan(p.columns()...)
	return p, err
}

func (s *store) deleteSession(ctx context.Context, hash []byte) error {
	_, err := s.db.ExecContext(ctx, `DELETE FROM sessions WHERE hash = ?`, hash)
	return err
}

// Person is somebody to be made known to the app.
type Person struct{ Email, Name, Role, Password string }

// DemoPeople are three people who share a password. They are for demonstrations
// and tests only.
func DemoPeople(password string) []Person {
	return []Person{
		{"amara@lantern.example", "Amara Diallo", "Mathematics tutor", password},
		{"jonas@lantern.example", "Jonas Lindqvist", "Physics tutor", password},
		{"priya@lantern.example", "Priya Nair", "Student office", password},
	}
}

// SeedUsers adds the people whose e-mails are not known yet, in order.
func (a *App) SeedUsers(ctx context.Context, people []Person) error {
	for _, p := range people {
		hash, err := hashPassword(p.Password)
		if err != nil {
			return err
		}
		_, err = a.store.db.ExecContext(ctx, `INSERT INTO people (email, name, role, password) VALUES (?, ?, ?, ?)
			ON CONFLICT (email) DO NOTHING`, p.Email, p.Name, p.Role, hash)
		if err != nil {
			return err
		}
	}
	return nil
}

// meeting is one of the app's meetings. ID is the app's own; Convoke is told it
// as the meeting's key.
type meeting struct {
	ID       string
	Topic    string
	Start    time.Time
	Duration time.Duration
	JoinURL  string // empty until there is a conference
}

// Minutes is the planned length.
func (m meeting) Minutes() int64 { return int64(m.Duration / time.Minute) }

const meetingColumns = `id, topic, starts_at, minutes, join_url`

func scanMeeting(row interface{ Scan(...any) error }) (m meeting, err error) {
	var start, minutes int64
	err = row.Scan(&m.ID, &m.Topic, &start, &minutes, &m.JoinURL)
	m.Start, m.Duration = time.Unix(start, 0).UTC(), time.Duration(minutes)*time.Minute
	return m, err
}

// addMeeting adds a meeting, unless its key is there already, and returns it as
// it is. A key of somebody else's, or none, is no such row.
func (s *store) addMeeting(ctx context.Context, personID int64, m meeting) (meeting, error) {
	if m.ID == "" || len(m.ID) > 64 {
		return m, errNoSuchRow
	}
	_, err := s.db.ExecContext(ctx, `INSERT INTO meetings (person_id, `+meetingColumns+`) VALUES (?, ?, ?, ?, ?, '')
		ON CONFLICT (id) DO NOTHING`, personID, m.ID, m.Topic, m.Start.Unix(), m.Minutes())
	if err != nil {
		return m, err
	}
	return scanMeeting(s.db.QueryRowContext(ctx,
		`SELECT `+meetingColumns+` FROM meetings WHERE person_id = ? AND id = ?`, personID, m.ID))
}

// setJoinURL keeps the join link, which may be stored and shared.
func (s *store) setJoinURL(ctx context.Context, id, link string) error {
	_, err := s.db.ExecContext(ctx, `UPDATE meetings SET join_url = ? WHERE id = ?`, link, id)
	return err
}

// meetings returns the fifty meetings that a person made last, the latest first.
func (s *store) meetings(ctx context.Context, personID int64) ([]meeting, error) {
	rows, err := s.db.QueryContext(ctx,
		`SELECT `+meetingColumns+` FROM meetings WHERE person_id = ? ORDER BY rowid DESC LIMIT 50`, personID)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []meeting
	for rows.Next() {
		m, err := scanMeeting(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, m)
	}
	return list, rows.Err()
}

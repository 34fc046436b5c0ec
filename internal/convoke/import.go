// SPDX-License-Identifier: Apache-2.0

package convoke

import "time"

// ImportID names one bulk job. 22 characters, as AccountID.
type ImportID string

// ImportState is where a bulk job stands.
type ImportState string

// The states, in the order in which a job goes through them. It ends in one of
// the last two.
const (
	ImportReceiving ImportState = "receiving" // its rows are still being stored
	ImportWaiting   ImportState = "waiting"   // for a worker
	ImportRunning   ImportState = "running"
	ImportDone      ImportState = "done"
	ImportCancelled ImportState = "cancelled"
)

// Over reports whether nothing more will happen to the job.
func (s ImportState) Over() bool { return s == ImportDone || s == ImportCancelled }

// ImportFormat is how a job's file is written.
type ImportFormat string

// The formats.
const (
	FormatCSV    ImportFormat = "csv"    // RFC 4180, with a header
	FormatNDJSON ImportFormat = "ndjson" // one JSON object a line
)

// ImportOutcome says what became of a row, or in a dry run what would.
type ImportOutcome string

// The outcomes. A row that repeats a key of an earlier one is a conflict.
const (
	RowCreate   ImportOutcome = "create"
	RowUpdate   ImportOutcome = "update"
	RowSkip     ImportOutcome = "skip" // there already, and just so
	RowConflict ImportOutcome = "conflict"
	RowError    ImportOutcome = "error"
)

// Problem reports whether somebody should look at the row.
func (o ImportOutcome) Problem() bool { return o == RowConflict || o == RowError }

// ImportCounts counts rows by outcome.
type ImportCounts struct {
	Create   int64 `json:"create"`
	Update   int64 `json:"update"`
	Skip     int64 `json:"skip"`
	Conflict int64 `json:"conflict"`
	Error    int64 `json:"error"`
}

// Add counts one row.
func (c *ImportCounts) Add(o ImportOutcome) {
	switch o {
	case RowCreate:
		c.Create++
	case RowUpdate:
		c.Update++
	case RowSkip:
		c.Skip++
	case RowConflict:
		c.Conflict++
	case RowError:
		c.Error++
	}
}

func (c *ImportCounts) sum(more ImportCounts) {
	c.Create += more.Create
	c.Update += more.Update
	c.Skip += more.Skip
	c.Conflict += more.Conflict
	c.Error += more.Error
}

// ActionUpdate stands in place of one of the four actions and means that rows
// change users who are there, by their e-mail.
const ActionUpdate = "update"

// ImportOptions is what the caller says about a file.
type ImportOptions struct {
	FileName string       `json:"file_name,omitempty"`
	Format   ImportFormat `json:"format"`
	DryRun   bool         `json:"dry_run"`
	Action   string       `json:"action,omitempty"` // for rows without one: an Action, ActionUpdate, or empty for the account's default
	Source   Source       `json:"source"`           // of the bindings: SourceCSV, or SourceApp for the host app's own keys
}

// Check fills in the defaults and returns CodeUnknownAction or CodeInvalidField
// for what is not allowed.
func (o *ImportOptions) Check() error {
	if o.Source == "" {
		o.Source = SourceCSV
	}
	if o.Source != SourceCSV && o.Source != SourceApp {
		return Invalid(CodeInvalidField, "source", "The source must be csv or app.")
	}
	if o.Format != FormatCSV && o.Format != FormatNDJSON {
		return Invalid(CodeInvalidField, "format", "The format must be csv or ndjson.")
	}
	if err := checkText(CodeInvalidField, "file_name", o.FileName, 255); err != nil {
		return err
	}
	return CheckImportAction(o.Action)
}

// CheckImportAction returns CodeUnknownAction for what is neither empty nor one
// of the four actions nor ActionUpdate.
func CheckImportAction(action string) error {
	if action == "" || action == ActionUpdate {
		return nil
	}
	if _, err := ParseAction(action); err != nil {
		return Invalid(CodeUnknownAction, "action",
			"The action must be one of create, autoCreate, custCreate, ssoCreate and update.")
	}
	return nil
}

// Import is one bulk job: a file of users to make or to change. Its rows are
// kept in chunks; what became of a chunk is stored in the transaction that
// changed its users, so that a job which is cut off goes on where it was.
type Import struct {
	ID        ImportID      `json:"id"`
	AccountID AccountID     `json:"account_id"`
	State     ImportState   `json:"state"`
	Options   ImportOptions `json:"options"`
	Digest    string        `json:"digest"`  // SHA-256 of the file, in hex
	Columns   []string      `json:"columns"` // of the results, as the file spells them
	Warnings  []string      `json:"warnings,omitempty"`
	By        Principal     `json:"by"`
	Reason    string        `json:"reason,omitempty"` // why it was cancelled, when nobody asked for that; for people

	Rows      int64        `json:"rows"`
	Done      int64        `json:"done"`
	Chunks    int          `json:"chunks"`
	NextChunk int          `json:"next_chunk"`
	Counts    ImportCounts `json:"counts"`
	Mixed     bool         `json:"mixed,omitempty"`         // rows name users in more than one way, so two may mean the same one
	Borrowed  SeatCounts   `json:"seats_borrowed,omitzero"` // what a dry run has counted so far
	Foreseen  int64        `json:"foreseen,omitempty"`      // what it has noted in its Forecast so far

	Owner      string        `json:"owner,omitempty"` // the worker that has it
	LeaseUntil time.Time     `json:"lease_until,omitzero"`
	Worked     time.Duration `json:"worked"` // time spent on the rows done
	CreatedAt  time.Time     `json:"created_at"`
	StartedAt  time.Time     `json:"started_at,omitzero"`
	FinishedAt time.Time     `json:"finished_at,omitzero"`
}

// PerSecond is how many rows a second the job has done so far.
func (i Import) PerSecond() float64 {
	if i.Worked <= 0 {
		return 0
	}
	return float64(i.Done) / i.Worked.Seconds()
}

// Left is how long the rest will take at that speed; 0 when it is not known.
func (i Import) Left() time.Duration {
	speed := i.PerSecond()
	if speed == 0 || i.State.Over() {
		return 0
	}
	return time.Duration(float64(i.Rows-i.Done) / speed * float64(time.Second))
}

// Received ends the storing of the rows.
func (i Import) Received(rows int64, chunks int) Import {
	i.State, i.Rows, i.Chunks = ImportWaiting, rows, chunks
	return i
}

// Claim gives the job to a worker until the lease ends. CodeImportTaken: another
// one has it, or it is over or not yet there.
func (i Import) Claim(owner string, until time.Time, m Mark) (Import, []Event, error) {
	held := i.Owner != "" && i.Owner != owner && m.At.Before(i.LeaseUntil)
	if held || i.State != ImportWaiting && i.State != ImportRunning {
		return i, nil, importTaken()
	}
	var events []Event
	if i.StartedAt.IsZero() {
		i.StartedAt = m.At
		events = i.event(EventImportStarted, m.At)
	}
	i.State, i.Owner, i.LeaseUntil = ImportRunning, owner, until
	return i, events, nil
}

func importTaken() error {
	return Errorf(KindConflict, CodeImportTaken, "Another worker has this import.")
}

// Release gives the job back, for whoever comes next.
func (i Import) Release(owner string) Import {
	if i.Owner == owner {
		i.Owner, i.LeaseUntil = "", time.Time{}
	}
	return i
}

// ImportStep is what one worker did with one chunk.
type ImportStep struct {
	Owner    string
	Chunk    int
	Rows     int64
	Counts   ImportCounts
	Borrowed SeatCounts
	Foreseen int64
	Took     time.Duration
	At       time.Time
	Lease    time.Time
}

// Advance counts a chunk as done, and ends the job after the last one. The
// chunk's changes and this must be one transaction. CodeImportTaken: the chunk
// was done by another worker, or the job was cancelled; then the changes must
// not be kept.
func (i Import) Advance(s ImportStep) (Import, []Event, error) {
	if i.State != ImportRunning || i.Owner != s.Owner || i.NextChunk != s.Chunk {
		return i, nil, importTaken()
	}
	i.NextChunk++
	i.Done += s.Rows
	i.Counts.sum(s.Counts)
	i.Borrowed = i.Borrowed.Plus(s.Borrowed)
	i.Foreseen += s.Foreseen
	i.Worked += s.Took
	i.LeaseUntil = s.Lease
	if i.NextChunk < i.Chunks {
		return i, nil, nil
	}
	return i.end(ImportDone, s.At)
}

// Cancel ends the job; the chunks that are done stay done. CodeImportOver: it
// has ended already.
func (i Import) Cancel(now time.Time) (Import, []Event, error) {
	if i.State.Over() {
		return i, nil, Errorf(KindConflict, CodeImportOver, "This import has ended already; what it did stays.")
	}
	return i.end(ImportCancelled, now)
}

// CheckRights returns nil when the principal may do what the job does:
// RightCreateUser, and RightUpdateUser for a file of updates.
func (o ImportOptions) CheckRights(p Principal) error {
	if err := p.Require(RightCreateUser); err != nil || o.Action != ActionUpdate {
		return err
	}
	return p.Require(RightUpdateUser)
}

// Withdraw ends a job whose starter may not do it any more, as Cancel does, and
// keeps the reason. CodeImportTaken: the worker does not have it.
func (i Import) Withdraw(owner, reason string, now time.Time) (Import, []Event, error) {
	if i.State != ImportRunning || i.Owner != owner {
		return i, nil, importTaken()
	}
	i.Reason = reason
	return i.end(ImportCancelled, now)
}

func (i Import) end(state ImportState, now time.Time) (Import, []Event, error) {
	i.State, i.FinishedAt, i.Owner, i.LeaseUntil = state, now, "", time.Time{}
	return i, i.event(EventImportFinished, now), nil
}

// event tells of a job; a dry run is nobody's business.
func (i Import) event(name EventName, at time.Time) []Event {
	if i.Options.DryRun {
		return nil
	}
	return []Event{NewEvent(name, at, Payload{
		AccountID: i.AccountID, Operator: i.By.Label, OperatorID: i.By.OperatorID(),
		Object: ImportObject{i.ID, i.State, i.Options.FileName, i.Rows, i.Counts, i.Reason},
	}).By(i.By)}
}

// ImportObject is a bulk job in a payload.
type ImportObject struct {
	ID       ImportID     `json:"id"`
	State    ImportState  `json:"state"`
	FileName string       `json:"file_name,omitempty"`
	Rows     int64        `json:"rows"`
	Counts   ImportCounts `json:"counts"`
	Reason   string       `json:"reason,omitempty"` // as Import.Reason
}

// ImportChunk is a run of a job's rows, as the file has them.
type ImportChunk struct {
	Number     int
	First      int64 // number of its first row; rows count from 1
	Rows       int64
	Data       []byte
	Secrets    bool // some cells are sealed, and are to be blanked once done
	Duplicates []ImportDuplicate
}

// ImportDuplicate says that a row repeats a key of an earlier row.
type ImportDuplicate struct {
	Row   int64  `json:"row"`
	First int64  `json:"first"`
	Field string `json:"field"`
}

// ImportResults is what became of a chunk's rows.
type ImportResults struct {
	Chunk    int
	Problems int64
	Data     []byte   // a line of CSV for each row: outcome, code, message, user id
	Blanked  []byte   // the chunk's rows without their secrets; nil: as they were
	Forecast Forecast // what a dry run's rows would change
}

// Work is a run of changes that are decided one by one and written together,
// with the record of what became of them.
type Work struct {
	Lookups []Lookup
	// New tells that the i-th most likely finds nothing, and that unique keys
	// would show it if it did; then looking can be spared. Nil: look for all.
	New func(i int) bool
	// Decide decides the i-th on what was found. An error of the domain is that
	// one's own and stops nothing; any other breaks off the whole. It is called
	// for several at the same time.
	Decide func(i int, found Found) (Change, error)
	// Joining is told which were refused, by Decide or for want of a seat, and
	// returns whom the others put into which groups; nil: nobody.
	Joining func(refused []error) map[GroupID][]User
	// Join puts some of them into their group, as ChangeMembers does. A group that
	// is gone by then is passed over.
	Join func(found GroupFound, users []User) GroupChange
	// Record is told which were refused, and returns the job as it is then, its
	// chunk's results, and events.
	Record func(job Import, refused []error) (Import, ImportResults, []Event, error)
}

// ImportRow is a row of a job and what became of it. Outcome is empty while that
// is not known.
type ImportRow struct {
	Number  int64    // from 1; the header does not count
	Cells   []string // under Import.Columns
	Outcome ImportOutcome
	Code    Code   // why it is not simply done; empty otherwise
	Message string // the same for people
	UserID  UserID // of the user, or of who stands in the way
}

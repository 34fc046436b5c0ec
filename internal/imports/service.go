// SPDX-License-Identifier: Apache-2.0

package imports

import (
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	"time"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/provision"
)

// Jobs keeps the bulk jobs.
type Jobs interface {
	CreateImport(context.Context, convoke.Import) error
	Import(context.Context, convoke.AccountID, convoke.ImportID) (convoke.Import, error)
	Imports(ctx context.Context, account convoke.AccountID, before convoke.ImportID, limit int) ([]convoke.Import, error)
	UnfinishedImport(ctx context.Context, account convoke.AccountID, digest string) (convoke.Import, error)
	// NextImports returns each account's oldest job that waits or runs, the oldest first.
	NextImports(ctx context.Context, limit int) ([]convoke.Import, error)
	ChangeImport(ctx context.Context, id convoke.ImportID, apply func(convoke.Import) (convoke.Import, []convoke.Event, error)) error
	DeleteImport(context.Context, convoke.ImportID) error
	DeleteImports(ctx context.Context, ended, received time.Time) error
}

// Spool keeps their rows.
type Spool interface {
	AddImportChunks(context.Context, convoke.ImportID, []convoke.ImportChunk) error
	MarkImportDuplicates(ctx context.Context, id convoke.ImportID, number int, list []convoke.ImportDuplicate) error
	ImportChunk(ctx context.Context, id convoke.ImportID, number int) (convoke.ImportChunk, convoke.ImportResults, error)
	NextProblem(ctx context.Context, id convoke.ImportID, number int) (int, error)
}

// Users is the one road to a user.
type Users interface {
	Import(ctx context.Context, p convoke.Principal, job convoke.ImportID, rows []provision.Row, expectNew bool, record provision.Record) error
	Preview(ctx context.Context, p convoke.Principal, job convoke.Import, rows []provision.Row,
		record func(convoke.Import, []provision.RowResult, provision.Prospect) (convoke.Import, convoke.ImportResults, []convoke.Event, error)) error
}

// Callers knows what a principal may do now.
type Callers interface {
	// Renew returns the principal with the rights that it has at present, or an
	// error of KindUnauthenticated when it is nobody any more.
	Renew(ctx context.Context, p convoke.Principal) (convoke.Principal, error)
}

// Config is everything that a Service needs.
type Config struct {
	Jobs  Jobs
	Spool Spool
	Users Users
	// Callers is asked before each chunk: a job outlives the call that began it.
	Callers Callers
	// Key seals passwords and PageKey page tokens; 32 bytes each, the same in every
	// process that serves one database.
	Key, PageKey []byte
	Now          func() time.Time
	Logger       *slog.Logger
}

// Service takes files in and does their rows. It keeps nothing that another
// process would need.
type Service struct {
	jobs   Jobs
	spools Spool
	users  Users
	caller Callers
	sealer sealer
	pages  convoke.PageTokens
	turns  turns
	owner  string // this process, to the others
	now    func() time.Time
	logger *slog.Logger
	nudge  chan struct{}
}

// New returns a Service. Run makes it do the jobs.
func New(c Config) (*Service, error) {
	sealer, err := newSealer(c.Key)
	if err != nil {
		return nil, err
	}
	return &Service{
		jobs: c.Jobs, spools: c.Spool, users: c.Users, caller: c.Callers, sealer: sealer, pages: convoke.PageTokens{Key: c.PageKey}, owner: newID(), now: c.Now, logger: c.Logger,
		nudge: make(chan struct{}, 1),
	}, nil
}

func newID() string { return convoke.DrawID(rand.Read) }

// clock is the time in the precision that the jobs keep.
func (s *Service) clock() time.Time { return s.now().UTC().Truncate(time.Millisecond) }

// Start reads a file to its end, stores it as a new job, and leaves the doing to
// whichever process comes first. It needs RightCreateUser, and RightUpdateUser
// for a file of updates. A file that cannot be read is CodeInvalidFile with the
// line; then no job is left.
func (s *Service) Start(ctx context.Context, p convoke.Principal, o convoke.ImportOptions, file io.Reader) (convoke.Import, error) {
	if err := o.CheckRights(p); err != nil {
		return convoke.Import{}, err
	}
	if err := o.Check(); err != nil {
		return convoke.Import{}, err
	}
	job := convoke.Import{
		ID: convoke.ImportID(newID()), AccountID: p.AccountID, State: convoke.ImportReceiving, Options: o, By: p, CreatedAt: s.clock(),
	}
	if err := s.jobs.CreateImport(ctx, job); err != nil {
		return convoke.Import{}, err
	}
	job, err := s.store(ctx, job, file)
	if err != nil {
		s.discard(ctx, job.ID)
		return convoke.Import{}, err
	}
	select {
	case s.nudge <- struct{}{}:
	default:
	}
	return job, nil
}

func (s *Service) store(ctx context.Context, job convoke.Import, file io.Reader) (convoke.Import, error) {
	received, err := s.receive(ctx, job, file)
	if err != nil {
		return job, err
	}
	return received, s.jobs.ChangeImport(ctx, job.ID, func(convoke.Import) (convoke.Import, []convoke.Event, error) {
		return received, nil, nil
	})
}

// discard deletes a job whose file could not be read. What it leaves behind when
// the database does not answer is swept later.
func (s *Service) discard(ctx context.Context, id convoke.ImportID) {
	if err := s.jobs.DeleteImport(context.WithoutCancel(ctx), id); err != nil {
		s.logger.WarnContext(ctx, "an import that was broken off is left behind for now", "import", id, "error", err)
	}
}

// Unfinished returns the account's job of the same file under the same options
// that has not ended, or CodeImportNotFound. digest is the file's SHA-256 in hex.
func (s *Service) Unfinished(ctx context.Context, p convoke.Principal, o convoke.ImportOptions, digest string) (convoke.Import, error) {
	if err := p.Require(convoke.RightCreateUser); err != nil {
		return convoke.Import{}, err
	}
	if err := o.Check(); err != nil {
		return convoke.Import{}, err
	}
	job, err := s.jobs.UnfinishedImport(ctx, p.AccountID, digest)
	if err != nil {
		return convoke.Import{}, err
	}
	o.FileName = job.Options.FileName
	if o != job.Options {
		return convoke.Import{}, convoke.NotFound(convoke.CodeImportNotFound, "No import of this file is under way.")
	}
	return job, nil
}

// Import returns a job. It needs RightListUsers.
func (s *Service) Import(ctx context.Context, p convoke.Principal, id convoke.ImportID) (convoke.Import, error) {
	if err := p.Require(convoke.RightListUsers); err != nil {
		return convoke.Import{}, err
	}
	if !convoke.IsID(string(id)) {
		return convoke.Import{}, convoke.NotFound(convoke.CodeImportNotFound, "Import does not exist.")
	}
	return s.jobs.Import(ctx, p.AccountID, id)
}

// Imports lists the account's jobs, the newest first, at most limit; token is the
// next of the page before, empty for the first page. next is empty on the last
// one. It needs RightListUsers. A token of another list, an old one, or one whose
// job was deleted meanwhile is CodeInvalidPageToken.
func (s *Service) Imports(ctx context.Context, p convoke.Principal, token string, limit int) (list []convoke.Import, next string, err error) {
	if err := p.Require(convoke.RightListUsers); err != nil {
		return nil, "", err
	}
	name := "imports\x00" + string(p.AccountID)
	before, err := s.pages.Open(name, token, s.now())
	if err != nil {
		return nil, "", err
	}
	if before != "" {
		_, err := s.jobs.Import(ctx, p.AccountID, convoke.ImportID(before))
		if convoke.HasCode(err, convoke.CodeImportNotFound) {
			err = convoke.Invalid(convoke.CodeInvalidPageToken, "next_page_token", "The import that the page ended with was deleted. Begin with the first page.")
		}
		if err != nil {
			return nil, "", err
		}
	}
	list, err = s.jobs.Imports(ctx, p.AccountID, convoke.ImportID(before), limit+1)
	if len(list) > limit {
		list = list[:limit]
		next = s.pages.Seal(name, string(list[limit-1].ID), s.now())
	}
	return list, next, err
}

// Cancel ends a job; what it did stays done. It needs RightCreateUser. One that
// has ended is CodeImportOver.
func (s *Service) Cancel(ctx context.Context, p convoke.Principal, id convoke.ImportID) (convoke.Import, error) {
	if err := p.Require(convoke.RightCreateUser); err != nil {
		return convoke.Import{}, err
	}
	if _, err := s.Import(ctx, p, id); err != nil {
		return convoke.Import{}, err
	}
	var job convoke.Import
	err := s.jobs.ChangeImport(ctx, id, func(before convoke.Import) (convoke.Import, []convoke.Event, error) {
		after, events, err := before.Cancel(s.clock())
		job = after
		return after, events, err
	})
	return job, err
}

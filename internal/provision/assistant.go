// SPDX-License-Identifier: Apache-2.0

package provision

import (
	"context"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

// Assistants keeps who may schedule for whom.
type Assistants interface {
	// Assistants returns who may schedule for the user.
	Assistants(ctx context.Context, user convoke.UserID) ([]convoke.User, error)
	// Schedulers returns at most limit of those for whom the user may schedule.
	Schedulers(ctx context.Context, user convoke.UserID, limit int) ([]convoke.User, error)
}

// Assistants lists who may schedule for a user. It needs RightListAssistants.
func (s *Service) Assistants(ctx context.Context, p convoke.Principal, ref string) ([]convoke.User, error) {
	if err := p.Require(convoke.RightListAssistants); err != nil {
		return nil, err
	}
	user, err := s.find(ctx, p, ref)
	if err != nil {
		return nil, err
	}
	return s.assistants.Assistants(ctx, user.ID)
}

// Schedulers lists for whom a user may schedule, convoke.MaxAssistants at most.
// It needs RightListSchedulers.
func (s *Service) Schedulers(ctx context.Context, p convoke.Principal, ref string) ([]convoke.User, error) {
	if err := p.Require(convoke.RightListSchedulers); err != nil {
		return nil, err
	}
	user, err := s.find(ctx, p, ref)
	if err != nil {
		return nil, err
	}
	return s.assistants.Schedulers(ctx, user.ID, convoke.MaxAssistants)
}

// AddAssistants lets the users that the references name schedule for a user, and
// returns them and when. It needs RightAddAssistant; one that is refused refuses
// all (convoke.AddAssistants).
func (s *Service) AddAssistants(ctx context.Context, p convoke.Principal, ref string, others []string) ([]convoke.User, time.Time, error) {
	mark := s.mark(p)
	if err := p.Require(convoke.RightAddAssistant); err != nil {
		return nil, mark.At, err
	}
	if len(others) > convoke.MaxAssistants {
		return nil, mark.At, convoke.Invalid(convoke.CodeInvalidField, "assistants", "At most %d assistants can be added at once.", convoke.MaxAssistants)
	}
	user, err := s.find(ctx, p, ref)
	if err != nil {
		return nil, mark.At, err
	}
	added := make([]convoke.User, len(others))
	for i, other := range others {
		if added[i], err = s.find(ctx, p, other); convoke.HasCode(err, convoke.CodeUserNotFound) {
			err = convoke.Errorf(convoke.KindPrecondition, convoke.CodeAssistantRefused, "User does not exist: %s.", other)
		}
		if err != nil {
			return nil, mark.At, err
		}
	}
	lookup := convoke.LookupRef(p, string(user.ID))
	lookup.Assistants = true
	_, err = s.changeUser(ctx, lookup, string(user.ID), func(u convoke.User, found convoke.Found) (convoke.Change, error) {
		return convoke.AddAssistants(u, found.Assistants, added, mark)
	})
	return added, mark.At, err
}

// RemoveAssistants takes the privilege to schedule for a user from the one that
// other names, or from all when it is empty. It needs RightDropAssistant.
func (s *Service) RemoveAssistants(ctx context.Context, p convoke.Principal, ref, other string) error {
	if err := p.Require(convoke.RightDropAssistant); err != nil {
		return err
	}
	return s.dropAssistant(ctx, p, ref, other)
}

// RemoveScheduler takes from a user the privilege to schedule for the one that
// other names. It needs RightDropScheduler.
func (s *Service) RemoveScheduler(ctx context.Context, p convoke.Principal, ref, other string) error {
	if err := p.Require(convoke.RightDropScheduler); err != nil {
		return err
	}
	return s.dropAssistant(ctx, p, other, ref)
}

// RemoveSchedulers takes from a user the privilege to schedule for anyone. It
// needs RightDropScheduler.
func (s *Service) RemoveSchedulers(ctx context.Context, p convoke.Principal, ref string) error {
	if err := p.Require(convoke.RightDropScheduler); err != nil {
		return err
	}
	user, err := s.find(ctx, p, ref)
	if err != nil {
		return err
	}
	for {
		some, err := s.assistants.Schedulers(ctx, user.ID, convoke.MaxAssistants)
		if err != nil || len(some) == 0 {
			return err
		}
		for _, scheduler := range some {
			if err := s.dropAssistant(ctx, p, string(scheduler.ID), string(user.ID)); err != nil {
				return err
			}
		}
	}
}

func (s *Service) dropAssistant(ctx context.Context, p convoke.Principal, ref, other string) error {
	var id convoke.UserID
	if other != "" {
		assistant, err := s.find(ctx, p, other)
		if err != nil {
			return err
		}
		id = assistant.ID
	}
	_, err := s.changeUser(ctx, convoke.LookupRef(p, ref), ref, func(u convoke.User, _ convoke.Found) (convoke.Change, error) {
		return convoke.RemoveAssistants(u, id, s.mark(p)), nil
	})
	return err
}

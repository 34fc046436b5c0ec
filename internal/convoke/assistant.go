// SPDX-License-Identifier: Apache-2.0

package convoke

import "slices"

// MaxAssistants is how many assistants one user may have.
const MaxAssistants = 30

// Delegation is what a change does to a user's assistants: the ones added may
// schedule for the user. All takes every one of them away.
type Delegation struct {
	Add    []UserID
	Remove []UserID
	All    bool
}

// AssistantsObject is the payload of EventUserAssistants.
type AssistantsObject struct {
	ID      UserID   `json:"id"`
	Added   []UserID `json:"added,omitempty"`
	Removed []UserID `json:"removed,omitempty"` // empty with neither: all of them
}

// AddAssistants lets others schedule for a licensed user. Present are the
// assistants there are. CodeAssistantRefused says what stands in the way.
func AddAssistants(u User, present, added []User, m Mark) (Change, error) {
	if u.Type != TypeLicensed {
		return Change{}, refuseAssistant("The user must either be a Licensed user or an On-prem user: %s.", u.ID)
	}
	if len(present)+len(added) > MaxAssistants {
		return Change{}, refuseAssistant("A user may have at most %d assistants.", MaxAssistants)
	}
	has := map[UserID]bool{}
	for _, other := range present {
		has[other.ID] = true
	}
	ids := make([]UserID, 0, len(added))
	for _, other := range added {
		switch {
		case other.ID == u.ID:
			return Change{}, refuseAssistant("Can't assign scheduling privilege to yourself.")
		case has[other.ID]:
			return Change{}, refuseAssistant("This user has the scheduling privilege already: %s.", other.Email)
		}
		has[other.ID] = true
		ids = append(ids, other.ID)
	}
	if len(ids) == 0 {
		return Change{}, nil
	}
	return delegate(u, Delegation{Add: ids}, m), nil
}

func refuseAssistant(format string, args ...any) error {
	return Errorf(KindPrecondition, CodeAssistantRefused, format, args...)
}

// Schedules reports whether the user may schedule meetings for the one whose
// assistants are given.
func Schedules(u User, assistants []User) bool {
	return slices.ContainsFunc(assistants, func(assistant User) bool { return assistant.ID == u.ID })
}

// RefuseSchedule is CodeScheduleRefused for who may not schedule for the one that ref names.
func RefuseSchedule(ref string) error {
	return &Error{Kind: KindPrecondition, Code: CodeScheduleRefused, Field: "schedule_for", Message: "You cannot schedule a meeting for " + ref + "."}
}

// RemoveAssistants takes the privilege from one assistant, or from all when other
// is empty. It does not matter whether anyone has it.
func RemoveAssistants(u User, other UserID, m Mark) Change {
	if other == "" {
		return delegate(u, Delegation{All: true}, m)
	}
	return delegate(u, Delegation{Remove: []UserID{other}}, m)
}

func delegate(u User, d Delegation, m Mark) Change {
	change := m.change(u, u)
	change.Delegation = &d
	change.addByOperator(EventUserAssistants, m, u.AccountID, Payload{Object: AssistantsObject{u.ID, d.Add, d.Remove}})
	return change
}

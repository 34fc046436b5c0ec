// SPDX-License-Identifier: Apache-2.0

package convoke

import (
	"slices"
	"strings"
	"time"
)

// GroupID names a group for ever. 22 characters, as UserID.
type GroupID string

// Limits of groups. Zoom says that there is a maximum of groups (POST /v2/groups,
// code 300) and not which.
const (
	MaxGroups       = 10_000 // in one account
	MaxGroupName    = 255    // characters
	MaxGroupMembers = 500    // that one change adds or removes
)

// Group is a named set of users of one account. A user may be in any number.
type Group struct {
	ID         GroupID
	AccountID  AccountID
	Name       string // unique in the account, whatever the case of its letters
	Alias      string // "" or an e-mail address of the group, unique in the account
	ExternalID string // "" or the key of a directory, unique in the account
	Members    int64
	CreatedAt  time.Time
	UpdatedAt  time.Time // of the name, the alias and the external id
}

// GroupPatch is what a change of a group sets; nil leaves a value as it is, and
// an empty alias or external id takes it away.
type GroupPatch struct {
	Name       *string
	Alias      *string
	ExternalID *string
}

// GroupKey names a group of an account by one of its keys.
type GroupKey struct {
	ID         GroupID
	Name       string
	ExternalID string
}

// GroupNameKey is the form under which a group's name is unique in its account.
func GroupNameKey(name string) string { return strings.ToLower(name) }

// GroupFound is a group as a change of it finds it.
type GroupFound struct {
	Group   *Group   // nil: there is none
	Count   int64    // of the account's groups, when there is none
	Present []UserID // which of the users that the change names are members
}

// GroupChange is what one commit writes about one group.
type GroupChange struct {
	Before *Group // nil: the group is new
	After  *Group // nil: the group is removed
	Add    []UserID
	Remove []UserID
	Events []Event // to append to the account's log, in order
}

// Empty reports whether there is nothing to write.
func (c GroupChange) Empty() bool { return len(c.Events) == 0 }

// GroupObject is a group in a payload.
type GroupObject struct {
	ID      GroupID       `json:"id"`
	Name    string        `json:"name,omitempty"`
	Members []GroupMember `json:"members,omitempty"`
}

// GroupMember is a member in a payload.
type GroupMember struct {
	ID    UserID `json:"id"`
	Email string `json:"email"`
}

// GroupNotFound is the error for a group that is not there.
func GroupNotFound(id GroupID) error {
	return NotFound(CodeGroupNotFound, "A group with the %q ID does not exist.", string(id))
}

// NoGroupNamed is the error for a name that no group of the account has.
func NoGroupNamed(name string) error {
	return &Error{
		Kind: KindNotFound, Code: CodeGroupNotFound, Field: "group",
		Message: `The account has no group named "` + name + `". Make it first, or leave the group out.`,
	}
}

// GroupTaken is the error for a key that another group of the account has.
func GroupTaken(field, value string) error {
	return &Error{Kind: KindConflict, Code: CodeGroupTaken, Field: field, Message: groupTakenText(field, value)}
}

func groupTakenText(field, value string) string {
	if field == "name" {
		return `The group name "` + value + `" is already in use.`
	}
	return "Another group of the account has the " + field + ` "` + value + `".`
}

// NewGroup makes a group of the account. Found tells how many it has.
func NewGroup(id GroupID, p GroupPatch, found GroupFound, m Mark) (GroupChange, error) {
	g := Group{ID: id, AccountID: m.By.AccountID, CreatedAt: m.At, UpdatedAt: m.At}
	if err := g.apply(p); err != nil {
		return GroupChange{}, err
	}
	if found.Count >= MaxGroups {
		return GroupChange{}, Errorf(KindExhausted, CodeTooManyGroups,
			"It has reached the maximum number of groups. You can clean up some groups then add.")
	}
	return GroupChange{After: &g, Events: []Event{g.event(EventGroupCreated, m, nil, nil)}}, nil
}

// UpdateGroup changes what the patch names.
func UpdateGroup(before Group, p GroupPatch, m Mark) (GroupChange, error) {
	after := before
	if err := after.apply(p); err != nil {
		return GroupChange{}, err
	}
	if after == before {
		return GroupChange{Before: &before, After: &before}, nil
	}
	after.UpdatedAt = m.At
	event := after.event(EventGroupUpdated, m, nil, GroupObject{ID: before.ID, Name: before.Name})
	return GroupChange{Before: &before, After: &after, Events: []Event{event}}, nil
}

// DeleteGroup removes a group. Its members stay users of the account.
func DeleteGroup(before Group, m Mark) GroupChange {
	return GroupChange{Before: &before, Events: []Event{before.event(EventGroupDeleted, m, nil, nil)}}
}

// ChangeMembers adds users to a group and takes others out. Who is a member
// already is not added again, and who is none is not taken out: the events tell
// of what changed and of nothing else. A group with other members is another
// version of it, also where there are as many.
func ChangeMembers(found GroupFound, add, remove []User, m Mark) GroupChange {
	g := *found.Group
	after := g
	change := GroupChange{Before: &g, After: &after}
	added := membersOf(add, func(id UserID) bool { return !slices.Contains(found.Present, id) })
	removed := membersOf(remove, func(id UserID) bool { return slices.Contains(found.Present, id) })
	if len(added) > 0 {
		change.Add = idsOf(added)
		change.Events = append(change.Events, g.event(EventGroupMemberAdded, m, added, nil))
	}
	if len(removed) > 0 {
		change.Remove = idsOf(removed)
		change.Events = append(change.Events, g.event(EventGroupMemberDeleted, m, removed, nil))
	}
	if !change.Empty() {
		after.UpdatedAt = m.At
	}
	return change
}

// membersOf describes each of the users that keep passes, once.
func membersOf(users []User, keep func(UserID) bool) []GroupMember {
	var list []GroupMember
	seen := map[UserID]bool{}
	for _, u := range users {
		if !seen[u.ID] && keep(u.ID) {
			seen[u.ID] = true
			list = append(list, GroupMember{u.ID, u.Email})
		}
	}
	return list
}

func idsOf(members []GroupMember) []UserID {
	ids := make([]UserID, len(members))
	for i, member := range members {
		ids[i] = member.ID
	}
	return ids
}

func (g *Group) apply(p GroupPatch) error {
	set(&g.Name, p.Name)
	set(&g.Alias, p.Alias)
	set(&g.ExternalID, p.ExternalID)
	g.Name = strings.TrimSpace(g.Name)
	if g.Name == "" {
		return Invalid(CodeInvalidField, "name", "The group needs a name.")
	}
	if err := checkText(CodeInvalidField, "name", g.Name, MaxGroupName); err != nil {
		return err
	}
	if err := checkText(CodeInvalidField, "external_id", g.ExternalID, 255); err != nil || g.Alias == "" {
		return err
	}
	alias, err := CheckEmail("email", g.Alias)
	g.Alias = alias
	return err
}

func (g Group) event(name EventName, m Mark, members []GroupMember, old any) Event {
	object := GroupObject{ID: g.ID, Name: g.Name, Members: members}
	if members != nil {
		object.Name = "" // Zoom's payload of member events has the id only
	}
	return m.event(name, g.AccountID, Payload{Object: object, OldObject: old, TimeStamp: m.At.UnixMilli()})
}

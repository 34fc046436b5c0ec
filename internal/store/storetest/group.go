// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"slices"

	"github.com/convoke/convoke/internal/convoke"
)

// saveGroup stores the group as it stands.
func (w *world) saveGroup(g convoke.Group) error {
	return w.db.ChangeGroup(w.ctx(), g.AccountID, g.ID, nil, func(found convoke.GroupFound) (convoke.GroupChange, error) {
		return convoke.GroupChange{Before: found.Group, After: &g, Events: []convoke.Event{
			convoke.NewEvent(convoke.EventGroupUpdated, now, convoke.Payload{AccountID: g.AccountID}),
		}}, nil
	})
}

func (w *world) newGroup(name string) convoke.Group {
	w.Helper()
	g := convoke.Group{ID: convoke.GroupID(newID()), AccountID: w.account.ID, Name: name, CreatedAt: now, UpdatedAt: now}
	w.must(w.saveGroup(g))
	return g
}

func (w *world) changeMembers(g convoke.Group, add, remove []convoke.User) error {
	var ids []convoke.UserID
	for _, u := range slices.Concat(add, remove) {
		ids = append(ids, u.ID)
	}
	return w.db.ChangeGroup(w.ctx(), g.AccountID, g.ID, ids, func(found convoke.GroupFound) (convoke.GroupChange, error) {
		return convoke.ChangeMembers(found, add, remove, w.mark()), nil
	})
}

// wantMembers checks the members and that they are counted.
func (w *world) wantMembers(g convoke.Group, count int) {
	w.Helper()
	found, err := w.db.Group(w.ctx(), g.AccountID, convoke.GroupKey{ID: g.ID})
	w.must(err)
	members, err := w.db.GroupMembers(w.ctx(), g.ID, "", 1000)
	w.must(err)
	if len(members) != count || found.Members != int64(count) {
		w.Errorf("%d members, counted as %d, want %d", len(members), found.Members, count)
	}
}

var groupTests = map[string]func(*world){
	"saved, found by each key, changed, removed": func(w *world) {
		g := convoke.Group{
			ID: convoke.GroupID(newID()), AccountID: w.account.ID, Name: "Sales \u00c4", Alias: "Sales@example.com", ExternalID: "e", CreatedAt: now, UpdatedAt: now,
		}
		w.must(w.saveGroup(g))
		g.Name, g.UpdatedAt = "Support \u00c4", now.Add(1e9)
		w.must(w.saveGroup(g))
		for _, key := range []convoke.GroupKey{{ID: g.ID}, {Name: "SUPPORT \u00e4"}, {ExternalID: "e"}} {
			if found, err := w.db.Group(w.ctx(), w.account.ID, key); err != nil || found != g {
				w.Errorf("%+v: %+v, %v", key, found, err)
			}
			_, err := w.db.Group(w.ctx(), w.newAccount(0).ID, key)
			w.wantCode(err, convoke.CodeGroupNotFound)
		}
		w.must(w.db.ChangeGroup(w.ctx(), w.account.ID, g.ID, nil, func(found convoke.GroupFound) (convoke.GroupChange, error) {
			return convoke.DeleteGroup(*found.Group, w.mark()), nil
		}))
		_, err := w.db.Group(w.ctx(), w.account.ID, convoke.GroupKey{ID: g.ID})
		w.wantCode(err, convoke.CodeGroupNotFound)
		if events := w.events(w.account.ID, 3); len(events) != 3 || events[2].Name != convoke.EventGroupDeleted {
			w.Errorf("the events are %+v", events)
		}
	},
	"each key once in an account": func(w *world) {
		w.must(w.saveGroup(convoke.Group{ID: "g1", AccountID: w.account.ID, Name: "A", Alias: "a@b.example", ExternalID: "e"}))
		for _, g := range []convoke.Group{{Name: "a"}, {Name: "B", Alias: "A@b.example"}, {Name: "B", ExternalID: "e"}} {
			g.ID, g.AccountID = convoke.GroupID(newID()), w.account.ID
			w.wantCode(w.saveGroup(g), convoke.CodeGroupTaken)
			g.AccountID = w.newAccount(0).ID
			w.must(w.saveGroup(g))
		}
		w.newGroup("B")
		w.newGroup("C") // no alias and no external id are no keys
		if count, err := w.db.CountGroups(w.ctx(), w.account.ID); err != nil || count != 3 {
			w.Errorf("%d groups: %v", count, err)
		}
	},
	"read by key": func(w *world) {
		a, b, user := w.newGroup("A"), w.newGroup("B"), w.bound("1")
		w.must(w.changeMembers(a, []convoke.User{user}, nil))
		w.must(w.changeMembers(b, []convoke.User{user, w.bound("2")}, nil))
		for name, read := range map[string]func(convoke.GroupID) ([]convoke.Group, error){
			"groups": func(after convoke.GroupID) ([]convoke.Group, error) {
				return w.db.Groups(w.ctx(), w.account.ID, after, 1)
			},
			"groups of": func(after convoke.GroupID) ([]convoke.Group, error) { return w.db.GroupsOf(w.ctx(), user.ID, after, 1) },
		} {
			first, err := read("")
			w.must(err)
			second, err := read(first[0].ID)
			w.must(err)
			third, err := read(second[0].ID)
			w.must(err)
			if first[0].ID == second[0].ID || len(third) != 0 {
				w.Errorf("%s: %v, %v, %v", name, first, second, third)
			}
		}
		ids, err := w.db.GroupIDsOf(w.ctx(), []convoke.UserID{user.ID, w.bound("3").ID}, 1)
		w.must(err)
		if first := min(a.ID, b.ID); len(ids) != 1 || !slices.Equal(ids[user.ID], []convoke.GroupID{first}) {
			w.Errorf("the first group of each is %v, want %s of one", ids, first)
		}
		members, err := w.db.GroupMembers(w.ctx(), b.ID, "", 1)
		w.must(err)
		rest, err := w.db.GroupMembers(w.ctx(), b.ID, members[0].ID, 10)
		w.must(err)
		if len(rest) != 1 || rest[0].ID == members[0].ID {
			w.Errorf("%v, then %v", members, rest)
		}
	},
	"members counted, and gone with either": func(w *world) {
		g, h, one, two := w.newGroup("A"), w.newGroup("B"), w.bound("1"), w.bound("2")
		w.must(w.changeMembers(g, []convoke.User{one, two}, nil))
		w.must(w.changeMembers(h, []convoke.User{one}, nil))
		w.wantMembers(g, 2)
		w.must(w.changeMembers(g, []convoke.User{one}, []convoke.User{two}))
		w.wantMembers(g, 1)
		w.remove(one.ID)
		w.wantMembers(g, 0)
		w.wantMembers(h, 0)
		w.must(w.changeMembers(g, []convoke.User{one}, nil)) // who is gone is left out
		w.wantMembers(g, 0)
		w.must(w.changeMembers(g, []convoke.User{two}, nil))
		w.must(w.db.ChangeGroup(w.ctx(), w.account.ID, g.ID, nil, func(found convoke.GroupFound) (convoke.GroupChange, error) {
			return convoke.DeleteGroup(*found.Group, w.mark()), nil
		}))
		if list, err := w.db.GroupsOf(w.ctx(), two.ID, "", 10); err != nil || len(list) != 0 {
			w.Errorf("is in %v: %v", list, err)
		}
		w.must(w.db.DeleteExpired(w.ctx(), now))
		if members, err := w.db.GroupMembers(w.ctx(), g.ID, "", 10); err != nil || len(members) != 0 {
			w.Errorf("%d rows are left: %v", len(members), err)
		}
	},
	"counted under many at once": func(w *world) {
		g := w.newGroup("A")
		users := make([]convoke.User, 12)
		for i := range users {
			users[i] = w.bound(newID())
		}
		for _, err := range parallel(len(users), func(i int) error {
			if err := w.changeMembers(g, users[i:i+1], nil); err != nil || i%2 == 0 {
				return err
			}
			return w.changeMembers(g, nil, users[i:i+1])
		}) {
			w.must(err)
		}
		w.wantMembers(g, 6)
	},
	"refused as a whole": func(w *world) {
		g, user := w.newGroup("A"), w.bound("1")
		err := w.db.ChangeGroup(w.ctx(), w.account.ID, g.ID, []convoke.UserID{user.ID}, func(found convoke.GroupFound) (convoke.GroupChange, error) {
			return convoke.GroupChange{}, convoke.GroupNotFound(found.Group.ID)
		})
		w.wantCode(err, convoke.CodeGroupNotFound)
		w.wantMembers(g, 0)
	},
}

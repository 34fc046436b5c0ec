// SPDX-License-Identifier: Apache-2.0

package imports

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/convoke/convoke/internal/convoke"
)

// elsewhere is the service with another account of the same store.
func (w *world) elsewhere(t testing.TB) *world {
	t.Helper()
	account, err := w.users.CreateAccount(t.Context(), convoke.Operator(""), "Elsewhere", everything)
	check(t, err)
	return &world{Service: w.Service, db: w.db, users: w.users, operator: convoke.Operator(account.ID)}
}

func TestAccountsTakeTurns(t *testing.T) {
	t.Parallel()
	w := newWorld(t, everything)
	other := w.elsewhere(t)
	var jobs []convoke.Import
	for n := range 3 { // as many as there are workers, and one more
		jobs = append(jobs, w.started(t, convoke.ImportOptions{}, strings.ReplaceAll(mixed(3*chunkRows), "ext-", fmt.Sprintf("%d-", n))))
	}
	jobs = append(jobs, other.started(t, convoke.ImportOptions{}, mixed(2*chunkRows)))
	var turns []int
	for {
		job, found, err := w.claimNext(t.Context())
		check(t, err)
		if !found {
			break
		}
		if second, found, err := w.claimNext(t.Context()); err != nil || found && second.AccountID == job.AccountID {
			t.Fatalf("the account has a second job %s at work, %v", second.ID, err)
		} else if found {
			w.release(t.Context(), second.ID, second.Owner)
		}
		turns = append(turns, slices.IndexFunc(jobs, func(j convoke.Import) bool { return j.ID == job.ID }))
		check(t, w.turn(t.Context(), job))
	}
	if want := []int{0, 3, 0, 3, 0, 1, 2}; !slices.Equal(turns, want) { // who is alone goes on in one turn
		t.Errorf("turns %v, want %v", turns, want)
	}
	small, err := other.Import(t.Context(), other.operator, jobs[3].ID)
	check(t, err)
	if small.State != convoke.ImportDone || small.Done != 2*chunkRows {
		t.Errorf("the other account's job is %s after %d rows", small.State, small.Done)
	}
	for _, job := range jobs[:3] {
		job, err := w.Import(t.Context(), w.operator, job.ID)
		check(t, err)
		if job.State != convoke.ImportDone || job.Done != 3*chunkRows {
			t.Errorf("a job is %s after %d rows", job.State, job.Done)
		}
	}
}

// Hashing is slow on purpose: a chunk that asks for it is short, and a dry run
// asks for none.
func TestPasswordsMakeAChunkShort(t *testing.T) {
	t.Parallel()
	w := newWorld(t, everything)
	_, err := w.users.AddDomain(t.Context(), w.operator, "corp.example.com", true)
	check(t, err)
	file := "email,password,action\n"
	for i := range 2 * chunkHash {
		file += fmt.Sprintf("a%d@corp.example.com,Sunny-Day-42,autoCreate\n", i) + fmt.Sprintf("b%d@corp.example.com,,custCreate\n", i)
	}
	for _, dry := range []bool{true, false} {
		job := w.started(t, convoke.ImportOptions{DryRun: dry}, file)
		if job.Chunks != 3 { // two with the passwords, one with the last row
			t.Errorf("%d chunks", job.Chunks)
		}
		job, err := w.Finish(t.Context(), w.operator, job.ID, nil)
		check(t, err)
		if want := int64(4 * chunkHash); job.Counts.Create != want {
			t.Errorf("counts %+v", job.Counts)
		}
		want := int64(0)
		if !dry {
			want = 2 * chunkHash
		}
		if got := w.hashes.Load(); got != want {
			t.Errorf("dry run %t: %d passwords were hashed, want %d", dry, got, want)
		}
	}
}

func TestImportsGoByPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t, everything)
	other := w.elsewhere(t)
	var made []convoke.ImportID
	for i := range 3 {
		made = append(made, w.started(t, convoke.ImportOptions{}, fmt.Sprintf("external_id\n%d\n", i)).ID)
	}
	theirs := other.started(t, convoke.ImportOptions{}, "external_id\n42\n")
	slices.Reverse(made)
	first, next, err := w.Imports(t.Context(), w.operator, "", 2)
	check(t, err)
	rest, last, err := w.Imports(t.Context(), w.operator, next, 2)
	check(t, err)
	var got []convoke.ImportID
	for _, job := range append(first, rest...) {
		got = append(got, job.ID)
	}
	if !slices.Equal(got, made) || last != "" {
		t.Errorf("%v and then %q, want %v", got, last, made)
	}
	list := "users\x00" + string(w.operator.AccountID) + "\x00active"
	for name, token := range map[string]string{
		"made up": "abc", "an import's id": string(made[0]), "another account's import": string(theirs.ID),
		"of another list": w.pages.Seal(list, string(made[0]), w.now()), "of another account": w.pages.Seal("imports\x00"+string(other.operator.AccountID), string(made[0]), w.now()),
	} {
		if _, _, err := w.Imports(t.Context(), w.operator, token, 2); !convoke.HasCode(err, convoke.CodeInvalidPageToken) {
			t.Errorf("%s: %v", name, err)
		}
	}
	check(t, w.db.DeleteImport(t.Context(), made[1]))
	if _, _, err := w.Imports(t.Context(), w.operator, next, 2); !convoke.HasCode(err, convoke.CodeInvalidPageToken) {
		t.Errorf("after one that was deleted: %v", err)
	}
}

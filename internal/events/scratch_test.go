package events

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

type fake struct {
	mu  sync.Mutex
	l   []convoke.Event
	cur int64
	ch  chan struct{}
}

func (f *fake) Events(_ context.Context, _ convoke.AccountID, after int64, limit int) ([]convoke.Event, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if after >= int64(len(f.l)) {
		return nil, nil
	}
	return append([]convoke.Event(nil), f.l[after:min(int(after)+limit, len(f.l))]...), nil
}
func (f *fake) Cursor(context.Context, string) (int64, error) { return f.cur, nil }
func (f *fake) SaveCursor(_ context.Context, _ string, id int64) error {
	f.cur = id
	return nil
}
func (f *fake) Committed() <-chan struct{} { return f.ch }
func (f *fake) add(n int) {
	f.mu.Lock()
	for range n {
		f.l = append(f.l, convoke.Event{ID: int64(len(f.l) + 1), Name: "x"})
	}
	f.mu.Unlock()
	select {
	case f.ch <- struct{}{}:
	default:
	}
}

type sink struct {
	name string
	got  chan convoke.Event
	do   func(convoke.Event) error
}

func (s sink) Name() string             { return s.name }
func (s sink) Wants(convoke.Event) bool { return true }
func (s sink) Deliver(_ context.Context, e convoke.Event) error {
	if s.do != nil {
		if err := s.do(e); err != nil {
			return err
		}
	}
	s.got <- e
	return nil
}

func cpu() time.Duration {
	var r syscall.Rusage
	syscall.Getrusage(0, &r)
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

func TestScratch(t *testing.T) {
	f := &fake{ch: make(chan struct{}, 1)}
	file := t.TempDir() + "/jo bs%41?.db"
	lg := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
	got := make(chan convoke.Event, 10000)
	for i := range 3 {
		s := New(Config{Store: f, Sinks: []Sink{sink{name: "mail", got: got}}, JobsFile: file, Logger: lg, DatabaseURL: os.Getenv("PGURL")})
		ctx, cancel := context.WithCancel(t.Context())
		t0 := time.Now()
		c0 := cpu()
		j, err := s.openJobs(ctx)
		if err != nil {
			t.Fatal(err)
		}
		t1 := time.Now()
		if err := j.start(ctx); err != nil {
			t.Fatal(err)
		}
		t2 := time.Now()
		fmt.Println("open", t1.Sub(t0), "start", t2.Sub(t1), "cpu", cpu()-c0)
		go newTail(s, j).follow(ctx)
		time.Sleep(200 * time.Millisecond)
		t3 := time.Now()
		f.add(1)
		<-got
		fmt.Println("one delivered after", time.Since(t3))
		t3 = time.Now()
		f.add(1000)
		for range 1000 {
			<-got
		}
		fmt.Println("1000 delivered after", time.Since(t3))
		if i == 2 {
			time.Sleep(3 * time.Second)
			c := cpu()
			time.Sleep(10 * time.Second)
			fmt.Println("idle cpu in 10 s", cpu()-c)
		}
		cancel()
		t4 := time.Now()
		j.stop()
		j.close()
		fmt.Println("stop", time.Since(t4))
	}
	fs, _ := os.ReadDir(t.TempDir())
	fmt.Println(fs)
}

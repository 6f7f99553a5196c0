package eventstore_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"skein/adapters/eventstore"
	"skein/adapters/eventstore/outage"
	"skein/domain"
)

func TestRestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	node := start(t, dir)
	j := open(t, node.Target())
	s := domain.StreamOf("contact", "lab", "ada")
	for length := range uint64(3) {
		if _, err := j.Append(t.Context(), s, length, by, named("Ada")); err != nil {
			t.Fatal(err)
		}
		if err := node.Close(); err != nil {
			t.Fatal(err)
		}
		node = start(t, dir)
		read := uint64(0)
		for _, err := range j.Read(t.Context(), s, 0) {
			if err != nil {
				t.Fatal(err)
			}
			read++
		}
		if read != length+1 {
			t.Errorf("%d events after restart %d", read, length+1)
		}
	}
}

// Writers that are many lose the node together, several times, and none of their
// events is lost or doubled.
func TestRestartUnderLoad(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	node := start(t, dir)
	j := open(t, node.Target())
	const writers, each = 32, 40
	written := make(chan struct{}, writers*each)
	var wait sync.WaitGroup
	for w := range writers {
		wait.Go(func() {
			for n := range uint64(each) {
				if _, err := j.Append(t.Context(), domain.StreamOf("contact", "load", fmt.Sprint(w)), n, by, named(fmt.Sprint(n))); err != nil {
					t.Error(err)
					return
				}
				written <- struct{}{}
			}
		})
	}
	for range 3 {
		for range writers * each / 5 {
			<-written
		}
		if err := node.Close(); err != nil {
			t.Fatal(err)
		}
		node = start(t, dir)
	}
	wait.Wait()
	for w := range writers {
		if got := names(t, j, domain.StreamOf("contact", "load", fmt.Sprint(w))); len(got) != each {
			t.Errorf("writer %d: %d events of %d: %v", w, len(got), each, got)
		}
	}
}

func TestNotThereYet(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	j := open(t, "unix://"+filepath.Join(dir, "node.sock"))
	appended := make(chan error)
	go func() {
		_, err := j.Append(t.Context(), "contact-lab.ada", 0, by, named("Ada"))
		appended <- err
	}()
	hasty, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := j.Ping(hasty); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("pinged nobody: %v", err)
	}
	start(t, dir)
	if err := <-appended; err != nil {
		t.Error(err)
	}
}

// A listener that accepts and says nothing must not keep anyone beyond their time.
func TestHang(t *testing.T) {
	t.Parallel()
	silence, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silence.Close()
	conn := dial(t, fmt.Sprintf("esdb://%s?tls=false&gossipTimeout=1", silence.Addr()))
	j := eventstore.NewJournal(conn, codec)

	short, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	if _, err := j.Append(short, "contact-lab.ada", 0, by, named("Ada")); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("append answered %v", err)
	}
	over, cancel := context.WithCancel(t.Context())
	read := make(chan error)
	go func() {
		for _, err := range j.Read(over, "contact-lab.ada", 0) {
			read <- err
		}
	}()
	cancel()
	if err := <-read; !errors.Is(err, context.Canceled) {
		t.Errorf("read answered %v", err)
	}
	go func() { read <- conn.Subscribe(t.Context(), 0, nil) }()
	conn.Close()
	if err := <-read; !errors.Is(err, eventstore.ErrClosed) {
		t.Errorf("the subscription ended with %v", err)
	}
}

// A connection that takes everything and brings no answers is given up by callers in a
// hurry, too: the next one is served.
func TestDeafConnection(t *testing.T) {
	t.Parallel()
	proxy, err := outage.Start(start(t, t.TempDir()).Target())
	if err != nil {
		t.Fatal(err)
	}
	defer proxy.Close()
	j := open(t, proxy.Target())
	if err := j.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	proxy.Deafen()
	within := func(d time.Duration, length uint64) error {
		hurried, cancel := context.WithTimeout(t.Context(), d)
		defer cancel()
		_, err := j.Append(hurried, "contact-lab.ada", length, by, named("Ada"))
		return err
	}
	if err := within(1200*time.Millisecond, 0); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want that time is over", err)
	}
	if err := within(4*time.Second, 1); err != nil { // the first was recorded after all
		t.Error(err)
	}
}

func TestCloseDuringCalls(t *testing.T) {
	t.Parallel()
	target := start(t, t.TempDir()).Target()
	for round := range 5 {
		conn := dial(t, target)
		j := eventstore.NewJournal(conn, codec)
		ended := make(chan error)
		begun := make(chan struct{}, 64)
		for w := range 16 {
			go func() {
				s := domain.StreamOf("contact", fmt.Sprint(round), fmt.Sprint(w))
				for n := uint64(0); ; n++ {
					if _, err := j.Append(t.Context(), s, n, by, named("Ada")); err != nil {
						ended <- err
						return
					}
					for _, err := range j.Read(t.Context(), s, n) {
						if err != nil {
							ended <- err
							return
						}
					}
					select {
					case begun <- struct{}{}:
					default:
					}
				}
			}()
		}
		for range 32 {
			<-begun
		}
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
		for range 16 {
			if err := <-ended; !errors.Is(err, eventstore.ErrClosed) {
				t.Errorf("a call under way ended with %v", err)
			}
		}
	}
}

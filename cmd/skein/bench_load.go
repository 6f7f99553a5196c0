package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"
)

// load is what came of many clients asking at once.
type load struct {
	took times
	over time.Duration
	made []string // ids of what the answers say was made
}

func (l load) perSecond() float64 { return float64(len(l.took)) / l.over.Seconds() }

// times are how long things took, the shortest first.
type times []time.Duration

// ms is the time in milliseconds that a part of them, from 0 to 1, kept within.
func (t times) ms(part float64) float64 {
	if len(t) == 0 {
		return 0
	}
	return inMS(t[min(len(t)-1, int(part*float64(len(t))))])
}

func inMS(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// script is what a client asks next: the bytes of a request, which stay as they
// are until the script goes on.
type script func() []byte

// press has clients ask a server for a while, each on a connection of its own and
// one thing after the other. It writes and reads bytes, as the usual client would
// take more of the machine than what is to be measured.
func press(ctx context.Context, address string, clients int, d time.Duration, play func(client int) script) (load, error) {
	var all errgroup.Group
	parts := make([]load, clients)
	start := make(chan time.Time)
	for i := range parts {
		w, err := dial(ctx, address)
		if err != nil {
			return load{}, errors.Join(err, ctx.Err())
		}
		defer w.Close()
		defer context.AfterFunc(ctx, func() { w.Close() })()
		next := play(i)
		if _, err := w.ask(next()); err != nil { // both ends know each other by now
			return load{}, errors.Join(err, ctx.Err())
		}
		all.Go(func() (err error) {
			parts[i], err = w.press(next, (<-start).Add(d))
			return err
		})
	}
	began := time.Now()
	for range parts {
		start <- began
	}
	err := all.Wait()
	whole := load{over: time.Since(began)}
	for _, p := range parts {
		whole.took, whole.made = append(whole.took, p.took...), append(whole.made, p.made...)
	}
	if err == nil && len(whole.took) == 0 {
		err = fmt.Errorf("nobody got an answer within %s", d)
	}
	slices.Sort(whole.took)
	return whole, errors.Join(err, ctx.Err())
}

func (w *wire) press(next script, until time.Time) (l load, err error) {
	for at := time.Now(); at.Before(until); {
		made, err := w.ask(next())
		if err != nil {
			return l, err
		}
		now := time.Now()
		l.took = append(l.took, now.Sub(at))
		if at = now; made != "" {
			l.made = append(l.made, made)
		}
	}
	return l, nil
}

// wire is a connection to a server over HTTP/1.1.
type wire struct {
	net.Conn
	in *bufio.Reader
}

func dial(ctx context.Context, address string) (*wire, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	return &wire{conn, bufio.NewReader(conn)}, nil
}

// ask sends a request and reads the answer, which must be a success. It returns the
// id at the end of the answer's Location, if there is one.
func (w *wire) ask(request []byte) (made string, err error) {
	if _, err := w.Write(request); err != nil {
		return "", err
	}
	line, err := w.in.ReadSlice('\n')
	if err != nil {
		return "", err
	}
	if !bytes.HasPrefix(line, []byte("HTTP/1.1 2")) {
		said := string(bytes.TrimSpace(line))
		rest, _ := w.in.Peek(w.in.Buffered())
		return "", fmt.Errorf("the server answers %s: %s", said, rest)
	}
	length := 0
	for {
		if line, err = w.in.ReadSlice('\n'); err != nil {
			return "", err
		}
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			_, err := w.in.Discard(length)
			return made, err
		}
		if text, ok := bytes.CutPrefix(line, []byte("Content-Length: ")); ok {
			if length, err = strconv.Atoi(string(text)); err != nil {
				return "", err
			}
		}
		if at, ok := bytes.CutPrefix(line, []byte("Location: ")); ok {
			made = string(at[bytes.LastIndexByte(at, '/')+1:])
		}
	}
}

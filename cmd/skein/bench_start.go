package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// start measures how long it takes from the start of the process until it answers,
// and until it has accepted a command: with an empty data folder, and with one full
// of contacts after it was killed at work; beside a bare server with the same store.
func (l *lab) start(ctx context.Context) (err error) {
	file, err := l.sheet()
	if err != nil {
		return err
	}
	killed, err := l.found(ctx, "killed")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, killed.stop()) }()
	if err := killed.imports(ctx, file); err != nil {
		return err
	}
	const records = 3 // of a store for each contact, at the least
	bare, err := l.spawn(ctx, "bench", "bare", "--store", l.home("killed-bare"), "--fill", strconv.Itoa(records*l.contacts))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, bare.stop()) }()
	if err := killed.settled(ctx); err != nil {
		return err
	}
	return l.each(ctx, "start", func() error {
		if err := l.startEmpty(ctx); err != nil {
			return err
		}
		if _, err := press(ctx, bare.address, 32, l.burst, func(int) script { return func() []byte { return post } }); err != nil {
			return err
		}
		bare.crash()
		if bare, err = l.spawn(ctx, "bench", "bare", "--store", l.home("killed-bare")); err != nil {
			return err
		}
		leastAlive, leastAccepted, err := bare.first(ctx, alive, post)
		if err != nil {
			return err
		}
		if _, err := press(ctx, killed.address, 32, l.burst, killed.create); err != nil {
			return err
		}
		killed.crash()
		if err := l.again(ctx, killed); err != nil {
			return err
		}
		isAlive, accepted, err := killed.first(ctx, alive, killed.create(0)())
		if err != nil {
			return err
		}
		many := fmt.Sprintf("killed with %d contacts, ", l.contacts)
		l.note(many+"until alive", "ms", inMS(isAlive), inMS(leastAlive))
		l.note(many+"until a command is accepted", "ms", inMS(accepted), inMS(leastAccepted), atMost(1000))
		if err := killed.settled(ctx); err != nil {
			return err
		}
		l.note(many+"until all shows", "ms", inMS(time.Since(killed.began)), 0)
		return nil
	})
}

// startEmpty starts bare server and product twice with a data folder that is new.
func (l *lab) startEmpty(ctx context.Context) error {
	var leastAlive, leastAccepted time.Duration
	for range 2 {
		bare, err := l.spawn(ctx, "bench", "bare", "--store", l.home("empty-bare"))
		if err != nil {
			return err
		}
		leastAlive, leastAccepted, err = bare.first(ctx, alive, post)
		if err := errors.Join(err, bare.stop()); err != nil {
			return err
		}
	}
	p, err := l.found(ctx, "empty")
	if err != nil {
		return err
	}
	founded := time.Since(p.began)
	if err := p.stop(); err != nil {
		return err
	}
	if err := l.again(ctx, p); err != nil {
		return err
	}
	isAlive, accepted, err := p.first(ctx, alive, p.create(0)())
	stopping := time.Now()
	if err := errors.Join(err, p.stop()); err != nil {
		return err
	}
	l.note("first start, which makes the database, until a command is accepted", "ms", inMS(founded), 0)
	l.note("empty, until alive", "ms", inMS(isAlive), inMS(leastAlive))
	l.note("empty, until a command is accepted", "ms", inMS(accepted), inMS(leastAccepted), atMostTimes(2), atMost(50))
	l.note("empty, from Ctrl-C to the end", "ms", inMS(time.Since(stopping)), 0, atMost(5000))
	return sweep(p.data, l.home("empty-bare"))
}

package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"time"
)

// people holds on a data set of people what merging is about: all who are known to be
// one are merged and taken apart again, and everybody is who they were.
type people struct {
	File string `arg:"" type:"existingfile" help:"CSV file whose column rec_id says who is who: rec-12-org is the same person as rec-12-dup-0. Its other columns become fields."`
	Seed uint64 `help:"Of the random order; 0: another one each time."`
}

// Run tries the people on a new installation, and prints figures.
func (cmd people) Run(ctx context.Context, s *settings) (err error) {
	if cmd.Seed == 0 {
		cmd.Seed = rand.Uint64()
	}
	l, done, err := s.lab()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	p, err := l.found(ctx, "people")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.stop()) }()
	began := time.Now()
	if err := p.takeIn(ctx, cmd.File); err != nil {
		return err
	}
	if err := p.settled(ctx); err != nil {
		return err
	}
	took := time.Since(began)
	before, err := p.everybody(ctx)
	if err != nil {
		return err
	}
	pairs := before.pairs()
	fmt.Fprintf(s.out, "%d people came in within %s; %d pairs are one; order %d\n", len(before), took.Round(time.Millisecond), len(pairs), cmd.Seed)
	return p.wind(ctx, s, before, pairs, rand.New(rand.NewPCG(cmd.Seed, 0)))
}

// wind merges and unmerges the pairs, each time in a random order, and compares.
func (p *product) wind(ctx context.Context, s *settings, before crowd, pairs [][2]string, random *rand.Rand) error {
	d := desk{p.address, p.token}
	shuffle := func() { random.Shuffle(len(pairs), func(i, j int) { pairs[i], pairs[j] = pairs[j], pairs[i] }) }
	var merged, unmerged times
	chosen := 0
	shuffle()
	for _, pair := range pairs {
		body := map[string]any{"absorb": pair[1], "choices": map[string]string{}}
		var told struct {
			MustChoose []string `json:"must_choose"`
			Token      string
		}
		began := time.Now()
		for told.Token == "" {
			if _, err := d.send(ctx, http.MethodPost, p.contacts()+"/"+pair[0]+"/merge/preview", 0, body, &told); err != nil {
				return err
			}
			choices := map[string]string{}
			for _, field := range told.MustChoose {
				choices[field] = []string{"survivor", "absorbed"}[random.IntN(2)]
			}
			if chosen += len(choices); told.Token == "" {
				body["choices"] = choices
			}
		}
		body["token"] = told.Token
		if _, err := d.send(ctx, http.MethodPost, p.contacts()+"/"+pair[0]+"/merge", 0, body, nil); err != nil {
			return err
		}
		merged = append(merged, time.Since(began))
	}
	if err := p.settled(ctx); err != nil {
		return err
	}
	left, err := p.everybody(ctx)
	if err != nil {
		return err
	}
	if len(left) != len(before)-len(pairs) {
		return fmt.Errorf("%d of %d contacts are left after %d merges", len(left), len(before), len(pairs))
	}
	shuffle()
	for _, pair := range pairs {
		began := time.Now()
		if _, err := d.send(ctx, http.MethodPost, p.contacts()+"/"+pair[1]+"/unmerge", 0, map[string]any{}, nil); err != nil {
			return err
		}
		unmerged = append(unmerged, time.Since(began))
	}
	slices.Sort(merged)
	slices.Sort(unmerged)
	fmt.Fprintf(s.out, "%d merges as previewed, with %d choices: p50 %.1f ms, p99 %.1f ms; %d contacts were left\n", len(pairs), chosen, merged.ms(0.5), merged.ms(0.99), len(left))
	fmt.Fprintf(s.out, "%d unmerges: p50 %.1f ms, p99 %.1f ms\n", len(pairs), unmerged.ms(0.5), unmerged.ms(0.99))
	if err := p.same(ctx, s, before, "unmerged"); err != nil {
		return err
	}
	if err := (rebuild{}).Run(ctx, p.aside(s.out, s.err)); err != nil {
		return err
	}
	if err := p.same(ctx, s, before, "rebuilt"); err != nil {
		return err
	}
	return auditVerify{}.Run(ctx, p.aside(s.out, s.err))
}

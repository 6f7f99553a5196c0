package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"
)

// deletion measures how commands in one space fare while another one with many contacts
// is deleted and destroyed, beside how they fared before, and how long that takes.
func (l *lab) deletion(ctx context.Context) (err error) {
	const clients = 8
	var doomed []string
	p, err := l.furnished(ctx, "deletion", func(in *inside) error {
		for n := range l.rounds {
			fmt.Fprintf(l.err, "deletion: %d contacts come to be\n", l.contacts)
			room, err := in.room(ctx, fmt.Sprint("Doomed ", n))
			if err != nil {
				return err
			}
			doomed = append(doomed, string(room.ID))
			if _, err = in.fill(ctx, room, l.contacts, func(int) int { return 1 }); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.stop()) }()
	of := "/v1/organizations/" + string(firstOrganization)
	if p.space, err = p.once(ctx, p.request(http.MethodPost, of+"/spaces", `{"name": "Customers"}`)); err != nil {
		return err
	}
	round := 0
	return l.each(ctx, "deletion", func() error {
		if err := p.settled(ctx); err != nil {
			return err
		}
		before, err := press(ctx, p.address, clients, l.burst, p.create)
		if err != nil {
			return fmt.Errorf("before: %w", err)
		}
		began := time.Now()
		if _, err := p.once(ctx, p.request(http.MethodDelete, of+"/spaces/"+doomed[round], fmt.Sprintf(`{"confirm": "Doomed %d"}`, round))); err != nil {
			return fmt.Errorf("delete: %w", err)
		}
		var during times
		worst := 0.0
		for gone := false; !gone; {
			part, err := press(ctx, p.address, clients, l.burst, p.create)
			if err != nil {
				return fmt.Errorf("during: %w", err)
			}
			during, worst = append(during, part.took...), max(worst, part.took.ms(0.99))
			if gone, err = p.destroyed(ctx, of, doomed[round]); err != nil {
				return err
			}
		}
		took := time.Since(began)
		slices.Sort(during)
		round++
		many := fmt.Sprintf("while %d contacts are destroyed", l.contacts)
		l.note("create elsewhere "+many+", p50", "ms", during.ms(0.5), before.took.ms(0.5))
		l.note("create elsewhere "+many+", p99", "ms", during.ms(0.99), before.took.ms(0.99), atMostTimes(2))
		l.note("create elsewhere "+many+", worst p99 of a burst", "ms", worst, before.took.ms(0.99))
		l.note(fmt.Sprintf("space of %d contacts, until destroyed", l.contacts), "s", took.Seconds(), 0)
		return nil
	})
}

// destroyed reports whether nothing is left of a space that was deleted.
func (p *product) destroyed(ctx context.Context, of, space string) (bool, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+p.address+of+"/deletions", nil)
	if err != nil {
		return false, err
	}
	r.Header.Set("Authorization", "Bearer "+p.token)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return false, err
	}
	defer answer.Body.Close()
	var told struct {
		Deletions []struct {
			Space     string     `json:"space"`
			Destroyed *time.Time `json:"destroyed"`
		}
	}
	if err := json.NewDecoder(answer.Body).Decode(&told); err != nil {
		return false, err
	}
	for _, d := range told.Deletions {
		if d.Space == space {
			return d.Destroyed != nil, nil
		}
	}
	return false, nil
}

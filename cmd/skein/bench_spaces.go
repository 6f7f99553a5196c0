package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	"skein/domain"
	"skein/domain/organization"
	"skein/domain/space"
)

// overview measures the overview of an organization with many spaces: its first page,
// a page from the middle of the names, and a search.
func (l *lab) overview(ctx context.Context) (err error) {
	many := l.contacts / 10
	p, err := l.furnished(ctx, "overview", func(in *inside) error { return in.manySpaces(ctx, many) })
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.stop()) }()
	return l.each(ctx, "overview", func() error {
		for _, ask := range [][2]string{{"page", ""}, {"largest page", "?limit=200"}, {"search for a part of names", "?search=ace%2000"}, {"search for one", fmt.Sprintf("?search=space%%20%05d", many/2)}} {
			took, err := p.readFor(ctx, l.burst, "/v1/organizations/"+string(firstOrganization)+"/spaces"+ask[1])
			if err != nil {
				return fmt.Errorf("%s: %w", ask[0], err)
			}
			what := fmt.Sprintf("%s of %d spaces", ask[0], many)
			l.note(what+", p50", "ms", took.ms(0.5), 0)
			l.note(what+", p95", "ms", took.ms(0.95), 0, atMost(20))
		}
		return nil
	})
}

// readFor reads the same thing again and again for a while.
func (p *product) readFor(ctx context.Context, d time.Duration, path string) (took times, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+p.address+path, nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Authorization", "Bearer "+p.token)
	return timesFor(d, func() error {
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			return err
		}
		_, err = io.Copy(io.Discard, answer.Body)
		if err = errors.Join(err, answer.Body.Close()); err != nil {
			return err
		}
		if answer.StatusCode != http.StatusOK {
			return fmt.Errorf("the server answers %s", answer.Status)
		}
		return nil
	})
}

// timesFor does the same thing again and again for a while, at least once.
func timesFor(d time.Duration, do func() error) (took times, err error) {
	for began := time.Now(); len(took) == 0 || time.Since(began) < d; {
		asked := time.Now()
		if err := do(); err != nil {
			return nil, err
		}
		took = append(took, time.Since(asked))
	}
	slices.Sort(took)
	return took, nil
}

// furnished is the product in a data folder in which something was put before, and all
// of that is shown.
func (l *lab) furnished(ctx context.Context, name string, furnish func(*inside) error) (p *product, err error) {
	in, err := l.moveIn(ctx, name)
	if err != nil {
		return nil, err
	}
	p = &product{data: l.home(name)}
	if err = furnish(in); err == nil {
		p.token, err = issue(ctx, in.do, firstOrganization, domain.Actor(firstUser), "bench", time.Time{})
	}
	for _, projector := range in.projectors {
		if err == nil {
			err = projector.Rebuild(ctx, in.journal.All, nil)
		}
	}
	if err = errors.Join(err, in.Close()); err != nil {
		return nil, err
	}
	if p.child, err = l.serve(ctx, p.data); err != nil {
		return nil, err
	}
	if err = p.settled(ctx); err != nil {
		return nil, errors.Join(err, p.stop())
	}
	return p, nil
}

// manySpaces adds spaces to the first organization as if its plan had room for them.
func (in *inside) manySpaces(ctx context.Context, many int) error {
	const largest = 1000 // events of an append
	length := uint64(0)
	for _, err := range in.journal.Read(ctx, firstOrganization.Stream(), 0) {
		if err != nil {
			return err
		}
		length++
	}
	var opened []domain.Event
	for n := range many {
		id, name := space.ID(newID()), fmt.Sprintf("Space %05d", n)
		if _, err := in.journal.Append(ctx, id.Stream(), 0, by, space.Created{Organization: firstOrganization, Name: name, Unique: []space.Identifier{space.Email}}); err != nil {
			return err
		}
		if opened = append(opened, organization.SpaceOpened{Space: organization.SpaceID(id), Name: name}); len(opened) < largest && n < many-1 {
			continue
		}
		if _, err := in.journal.Append(ctx, firstOrganization.Stream(), length, by, opened...); err != nil {
			return err
		}
		length, opened = length+uint64(len(opened)), nil
	}
	return nil
}

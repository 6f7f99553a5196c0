package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"skein/commands"
	"skein/domain"
	"skein/domain/contact"
	"skein/domain/organization"
	"skein/domain/space"
)

// replay tells a contact's history from the journal alone: it asks neither the
// API nor the read models, so that it can tell whether those are right.
type replay struct {
	Contact string `arg:"" help:"Id of the contact."`
	At      string `env:"SKEIN_AT" placeholder:"POSITION|TIME" help:"Tell it only up to a position in the journal, or a time such as 2026-01-31T15:04:05Z."`
	JSON    bool   `env:"SKEIN_JSON" help:"Print one JSON object a line."`
}

// Run prints the history.
func (cmd replay) Run(ctx context.Context, s *settings) (err error) {
	until, err := moment(cmd.At)
	if err != nil {
		return err
	}
	h, err := enter(ctx, s, withJournal)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	do := &commands.Handler{Journal: h.journal}
	key, kin, err := lineage(ctx, h, contact.ID(cmd.Contact))
	if err != nil {
		return err
	}
	steps, err := do.History(ctx, commands.Room{ID: key.Space}, key.ID, kin, until, 0, 0)
	if err != nil {
		return err
	}
	for _, step := range steps {
		if cmd.JSON {
			err = json.NewEncoder(s.out).Encode(asJSON(step))
		} else {
			err = print(s.out, step)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// moment is what at allows: everything, what has happened up to a position, or
// what has happened up to a time.
func moment(at string) (until commands.Until, err error) {
	if at == "" {
		return until, nil
	}
	if position, err := strconv.ParseUint(at, 10, 64); err == nil {
		return until.UpTo(domain.Position(position)), nil
	}
	when, err := time.Parse(time.RFC3339, at)
	if err != nil {
		return until, fmt.Errorf("--at is a position in the journal, or a time such as 2026-01-31T15:04:05Z, and not %q", at)
	}
	return until.Till(when), nil
}

// lineage finds a contact in the journal, and all that were ever one with it.
func lineage(ctx context.Context, h *house, id contact.ID) (key contact.Key, kin []contact.ID, err error) {
	merged := map[contact.Key][]contact.Key{} // both ways
	gone := map[space.ID]bool{}
	for r, err := range h.journal.All(ctx, 0) {
		if err != nil {
			return key, nil, err
		}
		if e, ok := r.Event.(organization.SpaceDeleted); ok {
			gone[space.ID(e.Space)] = true
		}
		if r.Stream.Category() != "contact" {
			continue
		}
		of := contact.KeyOf(r.Stream)
		if of.ID == id {
			key = of
		}
		if m, ok := r.Event.(contact.Merged); ok {
			into := contact.Key{Space: of.Space, ID: m.Survivor}
			merged[of], merged[into] = append(merged[of], into), append(merged[into], of)
		}
	}
	if key.ID == "" || gone[key.Space] {
		return key, nil, fmt.Errorf("contact %s: %w", id, contact.ErrUnknown)
	}
	seen := map[contact.Key]bool{key: true}
	for next := []contact.Key{key}; len(next) > 0; next = next[1:] {
		kin = append(kin, next[0].ID)
		for _, k := range merged[next[0]] {
			if !seen[k] {
				seen[k] = true
				next = append(next, k)
			}
		}
	}
	return key, kin, nil
}

// print tells a step to people.
func print(w io.Writer, step commands.Step) error {
	var said []string
	fields := step.After.Fields()
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		said = append(said, fmt.Sprintf("%s=%q", key, fields[key]))
	}
	for _, tag := range step.After.Tags() {
		said = append(said, "#"+tag)
	}
	state := strings.Join(said, " ")
	switch {
	case step.After.Deleted > 0:
		state = "deleted"
	case step.PartOf != "":
		state += " (part of " + string(step.PartOf) + ")"
	}
	data, err := json.Marshal(step.Event)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%d  %s  by %s\n    %s  %s %s\n    %s\n",
		step.Position, step.At.Format(time.RFC3339Nano), step.By.Actor, step.Contact, step.Kind(), data, state)
	return err
}

// asJSON is a step for programs.
func asJSON(step commands.Step) any {
	return struct {
		Position domain.Position   `json:"position"`
		At       time.Time         `json:"at"`
		By       domain.By         `json:"by"`
		Contact  contact.ID        `json:"contact"`
		Kind     string            `json:"kind"`
		Data     domain.Event      `json:"data"`
		Fields   map[string]string `json:"fields"`
		Tags     []string          `json:"tags"`
		PartOf   contact.ID        `json:"part_of,omitempty"`
		Deleted  bool              `json:"deleted,omitempty"`
	}{step.Position, step.At, step.By, step.Contact, step.Kind(), step.Event, step.After.Fields(), step.After.Tags(), step.PartOf, step.After.Deleted > 0}
}

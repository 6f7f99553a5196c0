package main

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"skein/domain"
	"skein/projections"
	"skein/projections/verify"
)

// tables compares the read models other than that of contacts, all spaces at once, and
// notes which tables were compared.
//
// Not compared are the tables that the journal does not tell: credential_uses, for when a
// credential was used is no event; space_destructions, which is how far a destruction is
// while it goes on; checkpoints and journal, which are places in the journal, not told by
// it; schema_version, which is the program's. Of parked_events each row is told as a
// difference, and deleted_spaces is compared but for what contacts are told with.
func (v *verifying) tables(ctx context.Context, end domain.Position, done *verified) error {
	done.Tables = projections.Contacts{}.Tables()
	if v.cmd.Space == "" {
		all := v.projectors()
		delete(all, "contacts")
		for _, name := range slices.Sorted(maps.Keys(all)) {
			shown := v.settings.bar(int64(end), name)
			_, err := all[name].Compare(ctx, v.journal.All,
				func(d verify.Difference) {
					done.Differences++
					v.differ[name] = v.differ[name] || d.In != "journal"
					v.tell(d)
				},
				func(at domain.Position) { shown.reach(int64(at)) })
			shown.done()
			if err != nil {
				return fmt.Errorf("verify: %w", err)
			}
			done.Tables = append(done.Tables, all[name].Tables()...)
		}
		done.Tables = append(done.Tables, "deleted_spaces")
	}
	slices.Sort(done.Tables)
	return nil
}

// untrue are the read models that have a table in which something differs.
func (v *verifying) untrue() (names []string) {
	all := v.projectors()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if v.differ[name] || slices.ContainsFunc(all[name].Tables(), func(table string) bool { return v.differ[table] }) {
			names = append(names, name)
		}
	}
	return names
}

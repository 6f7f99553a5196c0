package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"skein/projections"
)

// The tables of all read models are compared, and not only those of contacts: whatever is
// changed in them or missing is found, the read models are named that are to be filled
// anew, and then all is right again. Of one space, only what is shown of its contacts is
// compared (D5-6).
func TestAuditVerifyComparesAllTables(t *testing.T) {
	t.Parallel()
	s := start(t, "")
	lab, ada, eve := s.furnish("Lab")
	s.furnish("Doomed")
	doomed := s.space("Gone")
	s.send(http.MethodDelete, "/organizations/"+string(firstOrganization)+doomed, "application/json", strings.NewReader(`{"confirm":"Gone"}`), "")
	s.send(http.MethodPost, lab+"/contacts", "application/json", strings.NewReader(`{"fields":{"first_name":"Eve","last_name":"Moneypenny","phone":"+4930123456"}}`), "")
	s.send(http.MethodPost, lab+"/contacts", "application/json", strings.NewReader(`{"fields":{"first_name":"Eve","last_name":"Moneypenny","phone":"+4930123456"}}`), "")
	s.send(http.MethodPost, lab+"/suggestions/distinct", "application/json", strings.NewReader(fmt.Sprintf(`{"a":%q,"b":%q}`, ada, eve)), "")
	var moll struct{ ID string }
	s.ask(http.MethodPost, lab+"/contacts", `{"fields":{"first_name":"Moll"}}`, &moll)
	s.erase(lab, moll.ID, "")
	said := s.rightly()
	_, compared, _ := strings.Cut(said, "Tables compared: ")
	compared, _, _ = strings.Cut(compared, "\n")
	of := map[string]string{} // the read model of each table that is compared anew
	for name, p := range (&house{}).projectors() {
		for _, table := range p.Tables() {
			if !slices.Contains(strings.Split(compared, ", "), table) {
				t.Errorf("%s is not among %s", table, compared)
			}
			if name != "contacts" {
				of[table] = name
			}
		}
	}
	if one := s.rightly("--space", strings.TrimPrefix(lab, "/spaces/")); !strings.Contains(one, "Tables compared: "+sorted(projections.Contacts{}.Tables())+"\n") {
		t.Errorf("of one space it is said:\n%s", one)
	}

	db := s.database()
	for what, change := range map[string]func(table string) string{
		"is missing": func(table string) string {
			return `DELETE FROM ` + table + ` WHERE ctid = (SELECT min(ctid) FROM ` + table + `)`
		},
		"is one too many": func(table string) string {
			var key string // the last column of the key, which is a text or a number
			err := db.QueryRow(t.Context(), `
				SELECT column_name || ' = ' || column_name || CASE data_type WHEN 'text' THEN ' || ''!''' ELSE ' + 1000000' END
				FROM information_schema.key_column_usage JOIN information_schema.columns USING (table_schema, table_name, column_name)
				WHERE table_schema = current_schema() AND table_name = $1 ORDER BY key_column_usage.ordinal_position DESC LIMIT 1`, table).Scan(&key)
			if err != nil {
				t.Fatal(err)
			}
			return `UPDATE ` + table + ` SET ` + key + ` WHERE ctid = (SELECT min(ctid) FROM ` + table + `)`
		},
	} {
		var tables []string
		for table := range of {
			tag, err := db.Exec(t.Context(), change(table))
			if err != nil {
				t.Fatal(err)
			}
			if tag.RowsAffected() > 0 {
				tables = append(tables, table)
			}
		}
		for _, table := range []string{"audit", "spaces", "space_deletions", "credentials", "suggestion_people", "suggestion_keys", "suggestion_stories", "suggestions"} {
			if !slices.Contains(tables, table) {
				t.Errorf("there is nothing in %s", table)
			}
		}
		said, err := do(t, "audit", "verify", "--data", s.data)
		for _, table := range tables {
			if !hasLine(said, table+" ", ": "+what) {
				t.Errorf("that something of %s %s is not found in\n%s", table, what, said)
			}
			if err == nil || !strings.Contains(err.Error(), of[table]) {
				t.Errorf("to %v belongs %s", err, of[table])
			}
		}
		s.rightly("--space", strings.TrimPrefix(lab, "/spaces/"))
		s.skein("rebuild")
		s.rightly()
	}
}

func sorted(names []string) string { return strings.Join(slices.Sorted(slices.Values(names)), ", ") }

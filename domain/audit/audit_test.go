package audit_test

import (
	"testing"

	"skein/domain/audit"
	"skein/domain/domaintest"
)

func TestFacts(t *testing.T) { domaintest.Golden(t, audit.Facts) }

// An entry names its organization, and no space whose deletion it would go with.
func TestStream(t *testing.T) {
	s := audit.Stream("engines", "1")
	if of, id := s.Parts(); s.Category() != "audit" || of != "engines" || id != "1" {
		t.Errorf("is kept in %s", s)
	}
}

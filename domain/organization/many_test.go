package organization_test

import (
	"fmt"
	"testing"
	"time"

	"skein/domain"
	"skein/domain/organization"
)

// BenchmarkManySpaces folds the history of an organization with 10,000 spaces.
func BenchmarkManySpaces(b *testing.B) {
	for b.Loop() {
		var o organization.Organization
		for i := range 10_000 {
			id := organization.SpaceID(fmt.Sprint(i))
			o = organization.Evolve(o, organization.SpaceOpened{Space: id, Mark: string(id)}, domain.Moment{At: time.Time{}})
		}
	}
}

package organization_test

import (
	"testing"

	"skein/domain/domaintest"
	"skein/domain/organization"
)

func TestFacts(t *testing.T) { domaintest.Golden(t, organization.Facts) }

package identifier_test

import (
	"testing"

	"skein/domain/domaintest"
	"skein/domain/identifier"
)

func TestFacts(t *testing.T) { domaintest.Golden(t, identifier.Facts) }

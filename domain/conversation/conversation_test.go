package conversation_test

import (
	"testing"

	"skein/domain/conversation"
	"skein/domain/domaintest"
)

func TestFacts(t *testing.T) { domaintest.Golden(t, conversation.Facts) }

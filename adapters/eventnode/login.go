package eventnode

import (
	"context"
	"encoding/base64"
	"strings"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/gossip"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/serverfeatures"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// Clients look for a node before they say who they are.
var beforeLogin = []string{
	"/" + gossip.Gossip_ServiceDesc.ServiceName + "/",
	"/" + serverfeatures.ServerFeatures_ServiceDesc.ServiceName + "/",
}

// admit lets calls of users through, and of nobody else. Who shows no login is told the
// same as who shows a wrong one.
func (n *Node) admit(ctx context.Context, method string) error {
	md, _ := metadata.FromIncomingContext(ctx)
	shown := md.Get("authorization")
	if len(shown) == 0 {
		for _, service := range beforeLogin {
			if strings.HasPrefix(method, service) {
				return nil
			}
		}
	}
	if len(shown) == 1 {
		if name, password, ok := basic(shown[0]); ok && n.users.know(name, password) {
			return nil
		}
	}
	n.counts.refuse(badLogin)
	n.strangers.seen(ctx, n.log)
	return status.Error(codes.Unauthenticated, "the node needs the name and password of one of its users")
}

// basic is the login in a header of the scheme Basic (RFC 7617).
func basic(header string) (name, password string, ok bool) {
	scheme, encoded, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "basic") {
		return "", "", false
	}
	login, err := base64.StdEncoding.DecodeString(strings.TrimSpace(encoded))
	if err != nil {
		return "", "", false
	}
	return strings.Cut(string(login), ":")
}

func (n *Node) admitCall(ctx context.Context, req any, call *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	if err := n.admit(ctx, call.FullMethod); err != nil {
		return nil, err
	}
	return next(ctx, req)
}

func (n *Node) admitStream(srv any, stream grpc.ServerStream, call *grpc.StreamServerInfo, next grpc.StreamHandler) error {
	if err := n.admit(stream.Context(), call.FullMethod); err != nil {
		if call.IsClientStream {
			n.hearOut(stream)
		}
		return err
	}
	return next(srv, stream)
}

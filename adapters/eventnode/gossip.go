package eventnode

import (
	"context"
	"net"
	"strconv"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/gossip"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"google.golang.org/grpc/metadata"
)

type gossipServer struct {
	gossip.UnimplementedGossipServer
}

// Read implements gossip.GossipServer: the node is the leader of a cluster of one, at
// the address by which the caller found it.
func (gossipServer) Read(ctx context.Context, _ *shared.Empty) (*gossip.ClusterInfo, error) {
	at := &gossip.EndPoint{Address: "localhost"}
	md, _ := metadata.FromIncomingContext(ctx)
	if authority := md.Get(":authority"); len(authority) == 1 {
		at.Address = authority[0]
		if host, port, err := net.SplitHostPort(authority[0]); err == nil {
			n, _ := strconv.ParseUint(port, 10, 16)
			at.Address, at.Port = host, uint32(n)
		}
	}
	return &gossip.ClusterInfo{Members: []*gossip.MemberInfo{{
		TimeStamp:    ticks(time.Now()),
		State:        gossip.MemberInfo_Leader,
		IsAlive:      true,
		HttpEndPoint: at,
	}}}, nil
}

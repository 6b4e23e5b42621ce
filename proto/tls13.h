// TLS 1.3 and nothing older.
#pragma once

namespace sceau::wire {

// For every TLS connection gRPC makes in this process; to be called before the first. gRPC 1.51 has
// no setting for it.
void KeepToTls13();

}  // namespace sceau::wire

// What stands in a signature beside what it signs, ready to be judged: time stamps with their
// imprints compared, certificates, revocation data.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/openssl.h"
#include "verifier/revocation_data.h"
#include "verifier/time_stamp.h"
#include "xml/fragment.h"

namespace sceau::verifier {

struct StampEvidence {
  TimeStamp token;
  bool imprint_holds = false;  // over this signature's value
};

// A time stamp over all that stands before it. Whether it is, the document says (imprint_pass.h).
struct ArchiveStampEvidence {
  TimeStamp token;
  xml::CanonicalOptions canonical;
  bool earlier_form = false;     // XAdES 1.3.2's own
  size_t properties_before = 0;  // unsigned properties
  size_t time_stamps_before = 0;
  RevocationExtent revocation_before;
};

struct UnsignedEvidence {
  std::vector<StampEvidence> time_stamps;
  std::vector<ArchiveStampEvidence> archive_time_stamps;  // in document order
  std::vector<X509Handle> certificates;
  RevocationData revocation;
  std::vector<std::string> unreadable;  // names of what cannot be read
};

// nullptr: the signature carries nothing of the kind.
std::shared_ptr<const UnsignedEvidence> ReadUnsignedEvidence(const xml::Fragment& fragment);

}  // namespace sceau::verifier

// Trusted lists as they are wanted, signed by whoever is wanted.
#pragma once

#include <string>
#include <vector>

#include "base/openssl.h"

namespace sceau::test {

// A scheme operator: a key and a certificate of its own.
struct ListOperator {
  explicit ListOperator(const std::string& name);
  EvpPkeyHandle key;
  std::string certificate;  // DER
};

struct PlannedPeriod {
  std::string status = "granted";
  std::string starting = "2017-01-01T00:00:00Z";
  std::vector<std::string> additional = {"ForeSignatures"};
  std::string extensions;  // more <Extension> elements
};

struct PlannedService {
  std::vector<std::string> certificates;  // DER
  std::string type = "CA/QC";
  std::vector<PlannedPeriod> periods = {{}};  // the newest first
};

struct PlannedPointer {
  std::string territory, location;
  std::vector<std::string> signers;  // DER
  std::string type = "EUgeneric";
  std::string mime_type = "application/vnd.etsi.tsl+xml";
};

struct ListPlan {
  std::string version = "6";
  std::string sequence = "7";
  std::string type = "EUgeneric";
  std::string territory = "FR";
  std::string issued = "2025-01-01T00:00:00Z";
  std::string next_update = "2025-06-01T00:00:00Z";  // empty: the list is closed
  std::vector<std::string> uris;
  std::vector<PlannedPointer> pointers;
  std::vector<PlannedService> services;
};

// The list of lists that names itself with these signers.
ListPlan PlanListOfLists(const std::string& location, const std::vector<std::string>& signers);

// Without a signature.
std::string ListText(const ListPlan& plan);
// Signed whole (URI="", XAdES baseline B).
std::string SignedList(const std::string& text, const ListOperator& signer);
inline std::string SignedList(const ListPlan& plan, const ListOperator& signer) {
  return SignedList(ListText(plan), signer);
}

// <Extension> with qualifiers for the certificates that meet the criteria (their XML).
std::string QualificationExtension(const std::string& qualifier, const std::string& criteria);
std::string PolicyCriterion(const std::string& oid);

}  // namespace sceau::test

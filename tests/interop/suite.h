// The counts of one public suite: what is wrongly accepted and what is wrongly refused, apart.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace sceau::test {

// A case that is judged otherwise than the suite has it, and why that is right or not to be helped.
struct KnownDifference {
  std::string id;
  std::string why;
};

class Suite {
 public:
  explicit Suite(std::string name) : name_(std::move(name)) {}

  void Add(const std::string& id, bool valid, bool accepted);
  int cases() const { return cases_; }

  // Prints the line of counts; fails unless the differences are these and no others.
  void ExpectDifferences(const std::vector<KnownDifference>& known) const;

 private:
  std::string name_;
  int cases_ = 0;
  std::vector<std::string> false_accepts_, false_rejections_;
};

}  // namespace sceau::test

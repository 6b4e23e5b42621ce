// Names are data: no shell, no XPath and no path is ever made of what a file, a document or a
// client is called.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/strings.h"
#include "tests/e2e/appliance.h"
#include "tests/e2e/documents.h"

namespace sceau::test {
namespace {

namespace fs = std::filesystem;
using testing::IsEmpty;

// What a shell would have made, here or in the folder of the documents.
constexpr const char* kCanary = "sceau-canary";

class Metacharacters : public testing::Test {
 protected:
  Metacharacters() { appliance_.Start(); }
  ~Metacharacters() override { fs::remove(kCanary); }

  void ExpectNothingRan() const {
    EXPECT_FALSE(fs::exists(kCanary));
    for (const std::string& file : appliance_.Files()) {
      EXPECT_NE(fs::path(file).filename(), kCanary);
    }
  }

  Appliance appliance_;
};

const char* const kNames[] = {
    "$(touch sceau-canary).xml", "`touch sceau-canary`.xml",    "a;touch sceau-canary;.xml",
    "a|touch sceau-canary.xml",  "a\ntouch sceau-canary\n.xml", "x'] | //*[@a='.xml",
    "\"> & <%s%n ../*.xml",
};

TEST_F(Metacharacters, P68_NamesOfFilesReachNoShell) {
  const std::string document = ReadFile(appliance_.Generate("flux.xml", {}));
  for (const char* name : kNames) {
    SCOPED_TRACE(name);
    // '/' cannot stand in a name.
    std::string safe = name;
    std::replace(safe.begin(), safe.end(), '/', ':');
    const std::string input = appliance_.Path(safe), output = appliance_.Path("out-" + safe);
    std::ofstream(input, std::ios::binary) << document;
    const ProcessResult here = appliance_.Sceau(appliance_.SignHere(input, output));
    EXPECT_EQ(here.exit_code, 0) << here.err;
    EXPECT_EQ(Undo(ReadFile(output), Json::parse(here.out)["edits"]), document);
    EXPECT_EQ(appliance_.Sceau({"verify", output, "--json"}).exit_code, 0);
    fs::remove(output);
    std::vector<std::string> there = appliance_.SignThere(input, output);
    there.insert(there.end(), {"--idempotency-key", safe});
    const ProcessResult remote = appliance_.Sceau(there);
    EXPECT_EQ(remote.exit_code, 0) << remote.err;
    ExpectNothingRan();
  }
}

// An Id is compared, never searched for by an expression made of it: the element that has it is
// signed or the document refused, and never another.
TEST_F(Metacharacters, P68_AnIdIsComparedAndNeverInterpreted) {
  const std::string document = ReadFile(appliance_.Generate("flux.xml", {}));
  const size_t at = document.find(" Id=\"BORD");
  ASSERT_NE(at, std::string::npos);
  const std::string first = document.substr(at + 5, document.find('"', at + 5) - at - 5);
  for (const std::string id :
       {"x'] | //*[@a='", "*", "$(touch sceau-canary)", "../..", "concat('a','b')", "%s%n"}) {
    SCOPED_TRACE(id);
    std::string changed = document;
    changed.replace(at + 5, first.size(), id);
    const std::string input = appliance_.Path("id.xml"), output = appliance_.Path("id-signed.xml");
    std::ofstream(input, std::ios::binary | std::ios::trunc) << changed;
    for (const auto& command : {appliance_.SignHere(input, output, {"--bordereau", id}),
                                appliance_.SignThere(input, output, {"--bordereau", id})}) {
      const ProcessResult run = appliance_.Sceau(command);
      EXPECT_EQ(run.exit_code, 65) << run.out << run.err;  // no Id of XML
      EXPECT_FALSE(fs::exists(output));
    }
    ExpectNothingRan();
  }
  // A name that is none of the file's finds nothing, whatever an expression of it would.
  const std::string input = appliance_.Path("flux.xml");
  for (const std::string& reference : {std::string("' or '1'='1"), std::string("*"),
                                       std::string("//Bordereau"), first + "' or 'a'='a"}) {
    const ProcessResult run = appliance_.Sceau(
        appliance_.SignHere(input, appliance_.Path("none.xml"), {"--bordereau", reference}));
    EXPECT_EQ(run.exit_code, 65) << run.err;
    EXPECT_EQ(Json::parse(run.out)["error"]["reason"], "BORDEREAU_NOT_FOUND");
  }
}

// What cannot be shown by running: no source of the product starts a shell or evaluates an XPath.
TEST(Sources, P68_NoShellAndNoXPathAreCalled) {
  std::vector<std::string> found;
  for (const char* room : {"base", "xml", "contents", "schemas", "xades", "hsm", "verifier",
                           "signer", "policy", "audit", "store", "server", "tools"}) {
    const fs::path folder = fs::path(SCEAU_SOURCE_DIR) / room;
    if (!fs::exists(folder)) continue;
    for (const auto& it : fs::recursive_directory_iterator(folder)) {
      const std::string extension = it.path().extension();
      if (extension != ".cc" && extension != ".h") continue;
      const std::string text = ReadFile(it.path());
      for (const char* call : {" system(", "::system(", "popen(", "/bin/sh", "wordexp(", "xmlXPath",
                               "execlp(", "execvp("}) {
        if (text.find(call) != std::string::npos) found.push_back(Concat(it.path().string(), call));
      }
    }
  }
  EXPECT_THAT(found, IsEmpty());
}

}  // namespace
}  // namespace sceau::test

// What the tests of PINs that are wrong start from.
#pragma once

#include <filesystem>
#include <string>

#include "base/file.h"
#include "tests/hsm/token_fixture.h"

namespace sceau::hsm {

inline constexpr std::string_view kWrong = "canary-0000";

class WrongPin : public TokenFixture {
 protected:
  void SetUp() override {
    TokenFixture::SetUp();
    soft.AddSigner(kToken, pki);
    path = WritePin("given.pin", kWrong);
  }

  std::string WritePin(const std::string& name, std::string_view value) const {
    return soft.folder().Write(name, Concat(value, "\n"));
  }
  // As after an edit some time later, whatever the file system's clock does.
  void Correct(std::string_view value) const {
    WritePin("given.pin", value);
    std::filesystem::last_write_time(
        path, std::filesystem::last_write_time(path) + std::chrono::seconds(++edits));
  }
  std::string StateFolder() const { return soft.folder().path() + "/state/sceau"; }
  std::string RegisterText() const {
    const auto text = ReadSmallFile(StateFolder() + "/pin-refusals");
    return text.ok() ? *text : "";
  }
  // A process that starts, opens the key and ends.
  Status OpenOnce(const std::string& pin_file, const std::string& uri = kUri) const {
    const auto tokens =
        OpenWith({.modules = {test::ShimPath()}, .state_folder = StateFolder()});
    const auto source = PinFromFile(pin_file);
    const Status status = tokens->OpenKey(uri, source.get()).status();
    EXPECT_EQ(status.ToString().find("canary"), std::string::npos);
    return status;
  }

  std::string path;
  mutable int edits = 0;
};

}  // namespace sceau::hsm

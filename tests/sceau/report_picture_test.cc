// The HTML report as a person sees it: rendered by Chromium, looked at pixel by pixel.
#include <gtest/gtest.h>
#include <png.h>

#include <filesystem>
#include <vector>

#include "tests/sceau/files.h"
#include "tests/sceau/report_example.h"
#include "tests/support/process.h"
#include "tools/sceau/report_writer.h"

namespace sceau::cli {
namespace {

struct Picture {
  unsigned width = 0, height = 0;
  std::vector<unsigned char> rgb;
  // How many pixels are within a few units of this colour (0xRRGGBB).
  size_t Count(unsigned colour) const {
    constexpr int kTolerance = 6;
    size_t count = 0;
    for (size_t i = 0; i + 2 < rgb.size(); i += 3) {
      bool close = true;
      for (size_t c = 0; c < 3; ++c) {
        const int wanted = static_cast<int>((colour >> (16 - 8 * c)) & 0xFF);
        close &= std::abs(static_cast<int>(rgb[i + c]) - wanted) <= kTolerance;
      }
      count += close ? 1 : 0;
    }
    return count;
  }
};

Picture ReadPng(const std::string& path) {
  Picture out;
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  if (png_image_begin_read_from_file(&image, path.c_str()) == 0) return out;
  image.format = PNG_FORMAT_RGB;
  out.rgb.resize(PNG_IMAGE_SIZE(image));
  if (png_image_finish_read(&image, nullptr, out.rgb.data(), 0, nullptr) == 0) return {};
  out.width = image.width;
  out.height = image.height;
  return out;
}

class ReportPicture : public testing::Test {
 protected:
  // SCEAU_PICTURES names a folder where the pictures stay, to be looked at.
  Picture Render(const verifier::FileReport& report, const std::string& name) {
    std::string page;
    auto writer =
        MakeReportWriter("html", Lang::kFr, [&](std::string_view piece) { page += piece; });
    EXPECT_TRUE(writer.ok() && (*writer)->File(report).ok() && (*writer)->Finish().ok());
    const std::string file = folder_.Write(name + ".html", page);
    const char* kept = std::getenv("SCEAU_PICTURES");
    const std::string picture = (kept != nullptr ? kept : folder_.path()) + "/" + name + ".png";
    const auto done =
        test::RunProcess({"chromium-headless-shell", "--no-sandbox", "--disable-gpu",
                          "--hide-scrollbars", "--user-data-dir=" + folder_.path() + "/profile",
                          "--window-size=1000,1600", "--screenshot=" + picture, "file://" + file});
    EXPECT_EQ(done.exit_code, 0) << done.err;
    return ReadPng(picture);
  }
  TemporaryFolder folder_;
};

constexpr unsigned kOk = 0x17693A, kUnsure = 0x8A5300, kBad = 0xA3201A, kWhite = 0xFFFFFF;
// The band alone is some 960 by 90.
constexpr size_t kBand = 50'000;

TEST_F(ReportPicture, VerdictIsTheColourOfTheBand) {
  using verifier::Indication;
  using verifier::Verdict;
  const struct {
    std::string name;
    verifier::FileReport report;
    unsigned colour;
  } rows[] = {
      {"valid", ExampleReport(Verdict::kTotalPassed, Indication::kTotalPassed), kOk},
      {"broken", ExampleReport(Verdict::kTotalFailed, Indication::kTotalFailed), kBad},
      {"indeterminate", ExampleReport(), kUnsure},
  };
  for (const auto& row : rows) {
    const Picture picture = Render(row.report, row.name);
    ASSERT_EQ(picture.width, 1000u) << row.name;
    for (const unsigned colour : {kOk, kUnsure, kBad}) {
      if (colour == row.colour) {
        EXPECT_GT(picture.Count(colour), kBand) << row.name;
      } else {
        EXPECT_LT(picture.Count(colour), kBand / 10) << row.name;
      }
    }
    // Neither blank nor a single block: there is paper, and there is ink on it.
    const size_t paper = picture.Count(kWhite);
    EXPECT_GT(paper, picture.rgb.size() / 3 / 3) << row.name;
    EXPECT_GT(picture.Count(0x1B1F24), 2000u) << row.name;
  }
}

}  // namespace
}  // namespace sceau::cli

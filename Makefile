# What a person types. `make demo` and `make test` see to everything they need by themselves.

# Suites whose subject is the database engine: they run once on SQLite and once on PostgreSQL.
ENGINE_SUITES := store hub

present = $(wildcard tests/$(1).rs tests/$(1)/main.rs)
engine_tests := $(strip $(foreach suite,$(ENGINE_SUITES),$(if $(call present,$(suite)),--test $(suite))))

.PHONY: help demo clean-demo test test-once test-postgres drill interface lint format clippy deny doc

help:
	@echo '文枢 Wenshu'
	@echo
	@echo '  make demo        编译并启动演示（数据在 var/demo，已有的演示会保留）  build and start the demo'
	@echo '  make clean-demo  删除演示数据                                        remove its data'
	@echo '  make test        全部测试，SQLite 与 PostgreSQL 各一遍               every test, on both engines'
	@echo '  make drill       断电四十次，杀一百次，模拟一年两千件建议（两种数据库）  power cuts, kills, a year of 2,000 recommendations'
	@echo '  make interface   用 schemathesis 对照 OpenAPI 试接口                  try the interface against its description'
	@echo '  make lint        格式、静态检查、依赖审查                            format, clippy, cargo deny'
	@echo '  make doc         生成接口文档                                        documentation of the code'

demo:
	@scripts/system-packages build
	cargo build --release --locked
	cargo run --release --locked --quiet -- demo

clean-demo:
	rm -rf var/demo

test:
	@scripts/system-packages test
	scripts/with-postgres $(MAKE) --no-print-directory test-once test-postgres
	scripts/schemathesis "$${CARGO_TARGET_DIR:-target}/debug/wenshu"

# The two halves of `make test`; they find their PostgreSQL in WENSHU_TEST_POSTGRES.
test-once:
	cargo test --workspace --locked

test-postgres: test-once
ifneq ($(engine_tests),)
	WENSHU_TEST_ENGINE=postgres cargo test --locked $(engine_tests)
endif

# What `make test` does a few times only: power cuts, kills, and a simulated year in full.
drill:
	@scripts/system-packages test
	WENSHU_POWER_CUTS=20 cargo test --locked --test drill power -- --nocapture
	DRILL_KILLS=100 cargo test --locked --test drill kills -- --nocapture
	WENSHU_YEAR=2000 cargo test --locked --test hub a_year_of -- --nocapture
	WENSHU_YEAR=2000 WENSHU_TEST_ENGINE=postgres scripts/with-postgres cargo test --locked --test hub a_year_of -- --nocapture

# The interface against its own description.
interface:
	scripts/schemathesis

lint: format clippy deny

format:
	cargo fmt --all --check

clippy:
	cargo clippy --workspace --all-targets --locked -- -D warnings

deny:
	scripts/deny

doc:
	RUSTDOCFLAGS='-D warnings' cargo doc --no-deps --workspace --locked

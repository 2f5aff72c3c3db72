# Runs recipes for curl: a file each, beside which the answer (.out) and what went wrong (.err) are written.
export SENDGRID_API_KEY=$1
for each in "$2"/*.sh; do
  bash "$each" >"$each.out" 2>"$each.err" || echo "ended with $?" >>"$each.err"
done

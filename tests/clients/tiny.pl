use strict;
use warnings;
use HTTP::Tiny;

my $agent = HTTP::Tiny->new(verify_SSL => 1);
my %call = (api_user => 'demo', api_key => 'demo-password', task => 'get');
print $agent->post_form('https://api.sendgrid.com/apiv2/customer.profile.json', \%call)->{content}, "\n";
print $agent->get('https://elsewhere.example/')->{success} ? "arrived\n" : "refused\n";

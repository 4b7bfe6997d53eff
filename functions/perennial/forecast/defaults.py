from perennial.forecast.views import *
SHIPPED={n:dict(bias=0.,weights={},threshold=t,rows=0) for n,t in (('replenishment',.12),('order',0.),('lost',.5))}
